import { describe, expect, it } from 'vitest';

// Who may know whom: shared <- {canvas, commands, api} <- features <- the files beside App. Only api knows Tauri.
const FEATURES = ['review', 'gallery', 'images', 'jobs', 'models', 'export', 'importing', 'lint', 'cvat', 'evaluate', 'thresholds', 'projects', 'labels', 'history', 'settings'];
const BASE = ['shared', 'canvas', 'commands', 'api'];
const MAY: Record<string, string[]> = {
  shared: ['shared'],
  canvas: ['canvas', 'shared'],
  commands: ['commands', 'shared'],
  api: ['api', 'shared'],
  ...Object.fromEntries(FEATURES.map((feature) => [feature, [feature, ...BASE]])),
  // The gallery decides through the review session.
  gallery: ['gallery', 'review', ...BASE],
  // These dialogs watch the job they start.
  export: ['export', 'jobs', ...BASE],
  importing: ['importing', 'jobs', ...BASE],
  cvat: ['cvat', 'jobs', ...BASE],
};

const files = import.meta.glob<string>(['./**/*.ts', './**/*.svelte', '!./**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

function imports(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

/** The room a relative import leads to, from a file like `./review/x.ts`. */
function roomOf(file: string, to: string): string {
  const parts = file.split('/').slice(1, -1);
  for (const step of to.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.length > 1 || MAY[parts[0] ?? ''] ? (parts[0] ?? '') : 'app';
}

describe('arrows', () => {
  it('sees the files', () => {
    expect(Object.keys(files).length).toBeGreaterThan(50);
    expect(roomOf('./review/x.ts', '../api')).toBe('api');
    expect(roomOf('./review/x.svelte', '../app.svelte')).toBe('app');
  });

  it.each(Object.entries(files))('%s', (file, text) => {
    const room = file.split('/').length > 2 ? (file.split('/')[1] ?? '') : 'app';
    for (const to of imports(text)) {
      if (to.startsWith('@tauri-apps/')) expect(room, `${file} imports ${to}`).toBe('api');
      if (room === 'app' || !to.startsWith('.')) continue;
      expect(MAY[room], `${file} imports ${to}`).toContain(roomOf(file, to));
    }
  });
});
