// Pictures of every view of the real window, both themes, two sizes, in English and once in Bahasa Indonesia, into
// tests/e2e/out: `npm run shots` under Xvfb with a screen of 1920 × 1080. SHOTS=light-1024-id takes only those.

import { copyFileSync, readdirSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, ROOT, Window, relook, scratch } from '../lib/window.js';

const OUT = path.join(ROOT, 'tests/e2e/out');
const LOOKS = [
  ['dark', 1024, 700, 'en'],
  ['light', 1024, 700, 'en'],
  ['dark', 1920, 1080, 'en'],
  ['light', 1920, 1080, 'en'],
  ['light', 1024, 700, 'id'],
  ['dark', 1920, 1080, 'id'],
  ['dark', 1440, 900, 'en'],
];

describe('pictures of every view', function () {
  const folder = scratch();
  const project = path.join(folder, 'crossroads.relook');

  before(() => {
    if (readdirSync(PHOTOS).length === 0) throw new Error('no demo photos; run "make setup"');
    const photos = path.join(folder, 'photos');
    mkdirSync(photos);
    for (const name of readdirSync(PHOTOS)) symlinkSync(path.join(PHOTOS, name), path.join(photos, name));
    relook(folder, 'new', project);
    relook(folder, 'add', project, photos);
    relook(folder, 'draft', project);
    relook(folder, 'second-look', project);
    relook(folder, 'new', path.join(folder, 'empty.relook'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [theme, width, height, language] of LOOKS) {
    const look = `${theme}-${width}-${language}`;
    if (process.env.SHOTS && process.env.SHOTS !== look) continue;
    it(`${theme} at ${width} × ${height}, ${language}`, async () => {
      let window = await Window.open(folder, null, { width, height });
      const pause = () => new Promise((resolve) => setTimeout(resolve, 700));
      const take = async (view) => {
        await pause();
        window.screenshot(path.join(OUT, `${view}-${look}.png`), `${width}x${height}+0+0`);
      };
      const dress = async () => {
        for (let n = 0; n < 3; n += 1) {
          if ((await window.browser.execute(() => document.documentElement.dataset.theme)) === theme) break;
          await window.click('theme');
        }
        if ((await window.browser.execute(() => document.documentElement.lang)) === language) return;
        await window.click('language');
        await window.click(`language-${language}`);
        await window.press('Escape');
      };
      /** Opens something, pictures it, closes it. */
      const over = async (view, open) => {
        await open();
        await take(view);
        await window.press('Escape');
      };
      try {
        await window.shown('start');
        await dress();
        await take('start');
        await window.click('new-project');
        await take('new-project');
        await window.close();

        window = await Window.open(folder, path.join(folder, 'empty.relook'), { width, height });
        await window.shown('shell');
        await dress();
        await take('no-images');
        await window.close();

        window = await Window.open(folder, project, { width, height });
        await window.shown('box-label');
        await dress();
        await take('review');
        await window.press('Tab');
        await take('review-next');
        await over('label-picker', () => window.press('l'));
        await over('filter', () => window.click('queue-filter'));
        await over('adjust', () => window.click('adjust'));
        await over('bulk', () => window.press('b'));
        await over('device', () => window.click('device'));
        await over('project', () => window.click('project-menu'));
        await over('draft', () => window.click('step-draft'));
        await over('second-look', () => window.click('step-second_look'));
        await over('export', () => window.press('Control', 'e'));
        await over('import', async () => {
          await window.press('Control', 'i');
          await window.type('import-path', path.join(ROOT, 'tests/fixtures/cvat-showcase.xml'));
          await window.shown('import-report');
        });
        // Said by a graph of which little is known; then by one that tells most of it.
        await over('model-guessed', async () => {
          await window.press('Control', 'Shift', 'm');
          await window.type('model-file', path.join(ROOT, 'src-tauri/crates/relook-vision/tests/fixtures/graphs/heads/yolox.onnx'));
          await window.shown('model-card');
          await pause();
        });
        const own = path.join(folder, 'street-signs.onnx');
        copyFileSync(path.join(ROOT, 'models/yolov8n/yolov8n.onnx'), own);
        await over('model', async () => {
          await window.press('Control', 'Shift', 'm');
          await window.type('model-file', own);
          await window.shown('model-card');
          await window.until(async () => (await window.browser.$$('[data-testid="model-box"]').length) > 0, 'nothing is seen', 60000);
        });
        await over('model-labels', async () => {
          await window.press('Control', 'Shift', 'm');
          await window.click('model-tab-labels');
          await window.until(async () => (await window.browser.$$('[data-testid="model-box"]').length) > 0, 'nothing is seen', 60000);
        });
        await window.press('F7');
        await window.shown('lint-sums');
        await take('lint');
        await window.click('lint-close');
        await over('evaluate', () => window.press('Control', 'Shift', 'e'));
        await over('thresholds', () => window.press('Control', 'Shift', 't'));
        await over('menu', () => window.click('menu'));
        await over('palette', async () => {
          await window.press('Control', 'k');
          await window.browser.keys('la');
        });
        await over('labels', () => window.press('Control', 'l'));
        await over('history', () => window.press('Control', 'h'));
        await over('keys', () => window.press('?'));
        await over('language', () => window.click('language'));
        await window.click('tab-shapes');
        await take('objects');
        await window.press('Control', 'a');
        await take('several');
        await window.press('Escape');
        await window.click('tab-images');
        await take('images');
        await window.click('tab-queue');
        await window.click('tab-gallery');
        await window.until(() => window.browser.execute(() => document.querySelectorAll('[data-testid="gallery-crop"] img').length > 0), 'no crops');
        await window.press('x');
        await pause();
        await take('gallery');
      } finally {
        await window.close();
      }
    });
  }

  it('the picture in the README', function () {
    if (process.env.SHOTS) this.skip();
    copyFileSync(path.join(OUT, 'review-dark-1440-en.png'), path.join(ROOT, 'assets/screenshots/review-dark.png'));
  });
});
