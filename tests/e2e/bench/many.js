// A project of 100,000 images in the real window: how long until the list is there, and how it scrolls.

import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, Window, relook, scratch } from '../lib/window.js';

const IMAGES = 100_000;
const FRAMES = 200;

describe('100,000 images', function () {
  const folder = scratch();
  const project = path.join(folder, 'many.relook');

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are listed and scrolled through', async () => {
    const photos = readdirSync(PHOTOS).map((name) => path.join(PHOTOS, name));
    for (let n = 0; n < IMAGES; n += 1) {
      const sub = path.join(folder, 'photos', String(Math.floor(n / 1000)).padStart(3, '0'));
      if (n % 1000 === 0) mkdirSync(sub, { recursive: true });
      symlinkSync(photos[n % photos.length], path.join(sub, `${String(n).padStart(6, '0')}.jpg`));
    }
    relook(folder, 'new', project);
    let since = performance.now();
    relook(folder, 'add', project, path.join(folder, 'photos'));
    const added = performance.now() - since;
    since = performance.now();
    const window = await Window.open(folder, project);
    await window.press('i');
    await window.shown('image-row');
    const opened = performance.now() - since;
    const frames = await window.browser.executeAsync((count, done) => {
      const list = document.querySelector('[data-testid="image-list"]');
      const scroller = [list, ...list.querySelectorAll('*')].find((e) => e.scrollHeight > e.clientHeight + 50) ?? list;
      const times = [];
      let last = performance.now();
      const step = () => {
        const now = performance.now();
        times.push(now - last);
        last = now;
        scroller.scrollTop += 1500;
        if (times.length < count) requestAnimationFrame(step);
        else done(times.sort((a, b) => a - b));
      };
      requestAnimationFrame(step);
    }, FRAMES);
    const at = (share) => Math.round(frames[Math.min(FRAMES - 1, Math.floor(FRAMES * share))]);
    console.log(`added in ${(added / 1000).toFixed(1)} s; window with the first rows after ${(opened / 1000).toFixed(1)} s`);
    console.log(`scrolling 27 rows a frame: median ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms a frame`);
    await window.close();
  });
});
