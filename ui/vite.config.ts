import { svelte } from '@sveltejs/vite-plugin-svelte';
import { createReadStream, existsSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/**
 * For looking at the mock with real photos: `RELOOK_MOCK_PHOTOS=folder npm run dev`, the folder holding the photos and a
 * `scene.json` (see src/api/mock/scene.ts). Never part of a build.
 */
function mockPhotos(folder: string | undefined): Plugin {
  return {
    name: 'relook-mock-photos',
    apply: 'serve',
    configureServer(server) {
      if (!folder) return;
      server.middlewares.use('/mock-photos', (request, response, next) => {
        const file = join(folder, normalize(decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/')));
        if (!file.startsWith(folder) || !existsSync(file)) return next();
        response.setHeader('Content-Type', file.endsWith('.json') ? 'application/json' : 'image/jpeg');
        createReadStream(file).pipe(response);
      });
    },
  };
}

const photos = process.env['RELOOK_MOCK_PHOTOS'];

export default defineConfig(({ mode }) => ({
  base: './',
  plugins: [svelte(), mockPhotos(photos)],
  define: { 'import.meta.env.MOCK_PHOTOS': JSON.stringify(mode === 'development' && Boolean(photos)) },
  build: { target: 'safari17', outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 900 },
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  // Svelte's client build, not its server one, in tests too.
  ...(mode === 'test' ? { resolve: { conditions: ['browser'] } } : {}),
  // A busy machine is slow, not wrong.
  test: { testTimeout: 60_000, environment: 'happy-dom', include: ['src/**/*.test.ts'], setupFiles: ['src/test-setup.ts'] },
}));
