// How fast the real window is: `make bench-ui` makes the projects (BENCH_FOLDER) and runs this. Prints a table.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, Window, relook, scratch } from '../lib/window.js';

const MADE = process.env.BENCH_FOLDER;
const DECISIONS = Number(process.env.BENCH_DECISIONS ?? 500);
/** A person looks at a box before deciding, ms. */
const PACE = Number(process.env.BENCH_PACE ?? 1000);
const FOLDER_IMAGES = 100_000;

const rows = [];
const at = (times, share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
const spread = (times) => {
  const sorted = [...times].sort((a, b) => a - b);
  return [0.5, 0.95, 1].map((share) => at(sorted, share).toFixed(1)).join(' / ');
};
const row = (what, figure) => {
  rows.push(`| ${what} | ${figure} |`);
  console.log(rows.at(-1));
};

/** Memory of the program itself, MB; the web view's processes are not it. */
function memory() {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'relook-window') continue;
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000;
    } catch {
      // Gone meanwhile.
    }
  }
  throw new Error('relook-window does not run');
}

/** Frame times, ms, while `move` runs once a frame with `n` and `state`; all are source text: the page allows no eval. */
const frames = (window, count, move, setup = 'undefined') =>
  window.browser.executeAsync(`
    const done = arguments[arguments.length - 1];
    const state = ${setup};
    const step = (n) => { ${move} };
    const times = [];
    let last = performance.now();
    const tick = () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
      step(times.length);
      if (times.length < ${count}) requestAnimationFrame(tick);
      else done(times.slice(2));
    };
    requestAnimationFrame(tick);`);

/**
 * Notes in the page, for each key, how long until the frame with the next box and its photo is done, ms. The frame is
 * waited for from the key on, before the page itself asks for one: the timer is then the first thing to run after it.
 */
const watch = (window) =>
  window.browser.execute(() => {
    const canvas = document.querySelector('[data-testid="canvas"]');
    window.taken = [];
    addEventListener(
      'keydown',
      () => {
        const pressed = performance.now();
        const { box: from, image } = canvas.dataset;
        const done = () => {
          const { box, image: now, photo } = canvas.dataset;
          if (box === from || box === undefined || photo !== 'painted') return wait();
          window.taken.push({ same: now === image, ms: performance.now() - pressed });
        };
        const wait = () => requestAnimationFrame(() => setTimeout(done));
        wait();
      },
      true,
    );
  });

async function decide(window, count) {
  await watch(window);
  for (let n = 0; n < count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, PACE));
    await window.press('a');
    const taken = await window.browser.executeAsync((before, done) => {
      const until = performance.now() + 10_000;
      const look = () => (window.taken.length > before || performance.now() > until ? done(window.taken.length) : setTimeout(look, 5));
      look();
    }, n);
    if (taken <= n) throw new Error(`key ${n} leads nowhere`);
  }
  return window.browser.execute(() => window.taken);
}

describe('the window, measured', function () {
  const folder = scratch();
  let window;
  afterEach(() => window?.close());
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    console.log(`\n| | |\n|---|---|\n${rows.join('\n')}`);
  });

  it('a folder of 100,000 images', async () => {
    const photos = readdirSync(PHOTOS).map((name) => path.join(PHOTOS, name));
    for (let n = 0; n < FOLDER_IMAGES; n += 1) {
      const sub = path.join(folder, 'photos', String(Math.floor(n / 1000)).padStart(3, '0'));
      if (n % 1000 === 0) mkdirSync(sub, { recursive: true });
      symlinkSync(photos[n % photos.length], path.join(sub, `${String(n).padStart(6, '0')}.jpg`));
    }
    const project = path.join(folder, 'folder.relook');
    relook(folder, 'new', project);
    window = await Window.open(folder, project);
    await window.shown('no-images');
    await window.type('folder-path', path.join(folder, 'photos'));
    // Timed in the page: from the key to the frame after the photo was painted.
    await window.browser.execute(() => {
      addEventListener(
        'keydown',
        (event) => {
          if (event.key !== 'Enter') return;
          const since = performance.now();
          const look = () => {
            const canvas = document.querySelector('[data-testid="canvas"]');
            if (canvas?.dataset.photo === 'painted') window.firstPhoto = performance.now() - since;
            else requestAnimationFrame(look);
          };
          look();
        },
        true,
      );
    });
    await window.press('Enter');
    await window.until(() => window.browser.execute(() => window.firstPhoto !== undefined), 'no photo appears', 60000);
    const first = await window.browser.execute(() => window.firstPhoto);
    row('100,000 images: first photo on screen after choosing the folder', `${Math.round(first)} ms`);
    await window.until(async () => (await window.text('image-total')).includes('100,000'), 'not all are listed', 60000);

    const scroll = `
      const { scroller, since } = state;
      scroller.scrollTop += 1500;
      const { top, bottom } = scroller.getBoundingClientRect();
      const now = performance.now();
      const blank = new Set();
      for (const row of scroller.querySelectorAll('[role=listitem]')) {
        const r = row.getBoundingClientRect();
        if (r.bottom <= top || r.top >= bottom || row.textContent.trim() !== '') continue;
        const at = Math.round((scroller.scrollTop + r.top - top) / r.height);
        blank.add(at);
        if (!since.has(at)) since.set(at, now);
        window.blank = Math.max(window.blank, now - since.get(at));
      }
      for (const at of since.keys()) if (!blank.has(at)) since.delete(at);`;
    const setup = `(() => {
      const list = document.querySelector('[data-testid="image-list"]');
      const scroller = [list, ...list.querySelectorAll('*')].find((e) => e.scrollHeight > e.clientHeight + 50);
      window.blank = 0;
      return { scroller, since: new Map() };
    })()`;
    const times = await frames(window, 300, scroll, setup);
    row('scrolling its list, 27 rows a frame: frame time, median / p95 / worst', `${spread(times)} ms`);
    const blank = await window.browser.execute(() => window.blank);
    row('longest time in which a row in view was blank', `${Math.round(blank)} ms`);
  });

  it('a giant project', async function () {
    const project = path.join(MADE, 'giant.relook');
    if (!existsSync(project)) this.skip();
    const { images, boxes } = JSON.parse(readFileSync(path.join(MADE, 'giant.json'), 'utf8'));
    const name = `${images.toLocaleString('en')} images, ${boxes.toLocaleString('en')} boxes`;
    window = await Window.open(folder);
    await window.shown('start');
    await window.click('open-path');
    await window.type('open-path', project);
    await window.browser.execute(() => {
      addEventListener(
        'keydown',
        () => {
          const since = performance.now();
          const look = () => {
            if (document.querySelector('[data-testid="queue-row"]')) window.opened = performance.now() - since;
            else requestAnimationFrame(look);
          };
          look();
        },
        { capture: true, once: true },
      );
    });
    await window.press('Enter');
    await window.until(() => window.browser.execute(() => window.opened !== undefined), 'the queue is not shown', 120000);
    row(`${name}: from choosing it to the queue on screen`, `${Math.round(await window.browser.execute(() => window.opened))} ms`);
    const empty = { labels: [], states: ['pending'], standings: ['doubtful'], verdicts: [], origins: [], shapes: [],
      at_least: null, below: null, path: '', image: null, disagreement: null };
    for (const order of ['most_doubtful', 'disagreements_first', 'by_image', 'by_label', 'similar']) {
      const asked = await window.browser.executeAsync(
        async (filter, by, done) => {
          const times = [];
          for (let n = 0; n < 21; n += 1) {
            const since = performance.now();
            await window.__TAURI_INTERNALS__.invoke('boxes_page', { filter, order: by, offset: 0, limit: 50 });
            times.push(performance.now() - since);
          }
          done(times.slice(1));
        },
        empty,
        order,
      );
      row(`queue query, 50 boxes, ${order}, asked by the window: median / p95 / worst`, `${spread(asked)} ms`);
    }
    await window.press('i');
    await window.shown('image-row');
    row('memory of the program itself with it open', `${Math.round(memory())} MB`);
  });

  for (const [order, what] of [['by_image', 'on the same image'], ['most_doubtful', 'on the next image, 12 megapixels']]) {
    it(`key to next box ${what}`, async function () {
      const project = path.join(MADE, `keys-${order}.relook`);
      if (!existsSync(project)) this.skip();
      this.timeout(900000);
      window = await Window.open(folder, project);
      await window.shown('queue-row');
      await window.browser.execute((by) => {
        const select = document.querySelector('[data-testid="queue-order"]');
        select.value = by;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      }, order);
      await window.focus();
      const taken = await decide(window, DECISIONS);
      for (const same of [true, false]) {
        const times = taken.filter((one) => one.same === same).map((one) => one.ms);
        if (times.length < 30) continue;
        row(
          `key to next box painted, ${same ? 'same image' : 'next image, 12-megapixel JPEG'} (${times.length} of ${taken.length} decisions, ${order}): median / p95 / worst`,
          `${spread(times)} ms`,
        );
      }
      row(`memory of the program itself after these decisions`, `${Math.round(memory())} MB`);
      });
  }

  it('10,000 boxes on one 4K image', async function () {
    const project = path.join(MADE, 'crowd.relook');
    if (!existsSync(project)) this.skip();
    window = await Window.open(folder, project);
    await window.shown('shell');
    await window.press('i');
    await window.until(
      () => window.browser.execute(() => document.querySelector('[data-testid="canvas"]')?.dataset.photo === 'painted'),
      'the photo is not shown',
    );
    const wheel = (dy) => `
      const canvas = document.querySelector('[data-testid="canvas"]');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const where = { clientX: left + width / 2, clientY: top + height / 2, bubbles: true, cancelable: true };
      canvas.dispatchEvent(new WheelEvent('wheel', { ...where, deltaY: ${dy} }));`;
    row('10,000 boxes: zooming in, frame time, median / p95 / worst', `${spread(await frames(window, 90, wheel(-20)))} ms`);
    row('10,000 boxes: zooming out', `${spread(await frames(window, 90, wheel(20)))} ms`);
    const pan = `
      const canvas = document.querySelector('[data-testid="canvas"]');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const where = (d) => ({ clientX: left + width / 2 + d, clientY: top + height / 2 + d / 2, bubbles: true,
        cancelable: true, pointerId: 1, button: 1, buttons: 4 });
      if (n === 1) {
        canvas.setPointerCapture = () => undefined;
        canvas.dispatchEvent(new PointerEvent('pointerdown', where(0)));
      }
      canvas.dispatchEvent(new PointerEvent('pointermove', where(Math.sin(n / 12) * 200)));
      if (n === 118) canvas.dispatchEvent(new PointerEvent('pointerup', where(0)));`;
    row('10,000 boxes: panning', `${spread(await frames(window, 120, pan))} ms`);
    // Without a button each move of the pointer asks what lies under it.
    const moves = await window.browser.execute(() => {
      const canvas = document.querySelector('[data-testid="canvas"]');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const times = [];
      for (let n = 0; n < 1000; n += 1) {
        const at = { clientX: left + ((n * 7919) % width), clientY: top + ((n * 104729) % height), bubbles: true };
        const since = performance.now();
        for (let m = 0; m < 10; m += 1) canvas.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: at.clientX + m / 10 }));
        times.push((performance.now() - since) / 10);
      }
      return times;
    });
    row('10,000 boxes: what lies under the pointer, a move', `${spread(moves)} ms`);
  });
});
