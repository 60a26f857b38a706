// Pictures of every view of the real window, both themes, two sizes, into tests/e2e/out: `npm run shots` under Xvfb.

import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, ROOT, Window, relook, scratch } from '../lib/window.js';

const OUT = path.join(ROOT, 'tests/e2e/out');
const SIZES = [
  [1024, 700],
  [1440, 900],
];

describe('pictures of every view', function () {
  const folder = scratch();
  const project = path.join(folder, 'crossroads.relook');

  before(() => {
    if (readdirSync(PHOTOS).length === 0) throw new Error('no demo photos; run "make setup"');
    relook(folder, 'new', project);
    relook(folder, 'add', project, PHOTOS);
    relook(folder, 'draft', project);
    relook(folder, 'second-look', project);
    relook(folder, 'new', path.join(folder, 'empty.relook'));
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [width, height] of SIZES) {
    for (const theme of ['dark', 'light']) {
      it(`${theme} at ${width} × ${height}`, async () => {
        const named = (view) => path.join(OUT, `${view}-${theme}-${width}.png`);
        const pause = () => new Promise((resolve) => setTimeout(resolve, 900));
        let window = await Window.open(folder, null, { width, height });
        const take = async (view) => {
          await pause();
          window.screenshot(named(view));
        };
        const wear = async () => {
          for (let n = 0; n < 3; n += 1) {
            if ((await window.browser.execute(() => document.documentElement.dataset.theme)) === theme) return;
            await window.click('theme');
          }
        };
        try {
          await window.shown('start');
          await wear();
          await take('start');
          await window.click('new-project');
          await take('new-project');
          await window.close();
          window = await Window.open(folder, path.join(folder, 'empty.relook'), { width, height });
          await window.shown('shell');
          await wear();
          await take('no-images');
          await window.close();
          window = await Window.open(folder, project, { width, height });
          await window.shown('box-label');
          await wear();
          await take('review');
          await window.press('Tab');
          await take('review-moved');
          await window.press('l');
          await take('labels');
          await window.press('Escape');
          await window.press('i');
          await take('images');
          await window.click('step-second_look');
          await take('second-look');
          await window.press('Escape');
          await window.click('device');
          await take('jobs');
          await window.press('Escape');
          await window.click('project-menu');
          await take('project');
          await window.press('Escape');
          await window.press('Control', 'e');
          await take('export');
          await window.press('Escape');
          await window.press('?');
          await take('keys');
          await window.press('Escape');
        } finally {
          await window.close();
        }
      });
    }
  }

  it('the picture in the README', () => {
    copyFileSync(path.join(OUT, 'review-dark-1440.png'), path.join(ROOT, 'assets/screenshots/review-dark.png'));
  });
});
