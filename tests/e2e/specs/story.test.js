// The main job from the first click to the exported file, by keys, through a kill -9.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, Window, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const project = path.join(folder, 'story.relook');
const xml = path.join(folder, 'out', 'annotations.xml');

/** Every annotation of the project as the command line shows it, by id. */
function annotations() {
  const all = new Map();
  for (const image of images()) {
    for (const a of relook(folder, 'show', project, '--image', image, '--all').annotations) all.set(a.id, { ...a, path: image });
  }
  return all;
}

let paths = [];
function images() {
  if (paths.length === 0) {
    paths = readFileSync(path.join(folder, 'photos.txt'), 'utf8').trim().split('\n');
  }
  return paths;
}

const counts = () => relook(folder, 'status', project).project.counts;
const first = () => relook(folder, 'queue', project, '--limit', '1').items[0].annotation;

describe('from a folder of photos to CVAT XML', function () {
  let window;
  /** What was decided before the program was killed. */
  let before;

  story(folder, () => window, async () => {
    writeFileSync(path.join(folder, 'photos.txt'), readdirSync(PHOTOS).sort().join('\n'));
    window = await Window.open(folder);
  });

  /** A fixed box stays in focus, to be fixed further; Tab goes on to the next that waits. */
  async function onward() {
    await window.press('Tab');
    await window.until(async () => /^box 1 of/i.test(await window.text('standing')), 'Tab does not go on');
  }

  it('makes a project and adds a folder by its path', async () => {
    await window.click('new-project');
    await window.type('new-path', project);
    await window.press('Enter');
    await window.shown('no-images');
    await window.type('folder-path', PHOTOS);
    await window.press('Enter');
    await window.until(() => counts().images === images().length, 'the photos are not added');
  });

  for (const [pass, field] of [['draft', 'drafted'], ['second_look', 'looked']]) {
    it(`runs the ${pass} with progress and the device in words`, async () => {
      await window.click(`step-${pass}`);
      await window.click('run-start');
      const total = images().length;
      const said = new Set();
      await window.until(
        async () => {
          said.add(await (await window.id('device')).getAttribute('title'));
          return counts()[field] === total;
        },
        `the ${pass} does not end`,
        60000,
      );
      assert.match([...said].join('; '), /yolov8[nm] on CPU/, 'the device in use is named');
    });
  }

  it('flies to the most doubtful box first', async () => {
    await window.press('Escape');
    await window.click('step-review');
    await window.until(async () => (await window.text('box-badge')) === 'models disagree', 'the disagreement is not first');
    const { labels } = relook(folder, 'status', project).project;
    assert.equal(await window.text('box-label'), labels.find(({ id }) => id === first().label).name);
    assert.match(await window.text('history'), /yolov8n.*yolov8m/, 'both models are told');
  });

  it('accepts, rejects and relabels with one key each', async () => {
    for (const [keys, state] of [[['Space'], 'accepted'], [['a'], 'accepted'], [['x'], 'rejected']]) {
      const { id } = first();
      await window.press(...keys);
      await window.saved();
      await window.until(() => annotations().get(id).state === state, `${keys} does not lead to ${state}`);
    }
    const box = first();
    await window.press('2');
    await window.saved();
    const relabelled = annotations().get(box.id);
    assert.equal(relabelled.state, 'fixed');
    assert.notEqual(relabelled.label, box.label);
  });

  it('relabels by typing', async () => {
    const box = first();
    await window.press('l');
    await window.shown('label-input');
    for (const letter of 'zebra') await window.press(letter);
    await window.press('Enter');
    await window.saved();
    const labels = relook(folder, 'status', project).project.labels;
    assert.equal(labels.find((l) => l.id === annotations().get(box.id).label).name, 'zebra');
  });

  it('fixes a box by arrow keys', async () => {
    const box = first();
    await window.press('e');
    for (let n = 0; n < 3; n += 1) await window.press('ArrowRight');
    await window.press('Enter');
    await window.saved();
    const fixed = annotations().get(box.id);
    assert.equal(fixed.state, 'fixed');
    assert.ok(Math.abs(fixed.rect.x1 - box.rect.x1 - 3) < 0.01, `${box.rect.x1} moved by three to ${fixed.rect.x1}`);
  });

  it('fixes a box by dragging its corner', async () => {
    await onward();
    const box = first();
    const { x1, y1, x2, y2 } = box.rect;
    const at = await window.focus();
    const corner = { x: at.x2, y: at.y2 };
    await window.drag(corner, { x: corner.x - (at.x2 - at.x1) / 4, y: corner.y - (at.y2 - at.y1) / 4 });
    await window.saved();
    await window.until(() => annotations().get(box.id).state === 'fixed', 'dragging does not fix the box');
    const fixed = annotations().get(box.id);
    assert.ok(Math.abs(fixed.rect.x1 - x1) < 0.01 && Math.abs(fixed.rect.y1 - y1) < 0.01, 'the other corner stays');
    const near = (v, want, room) => assert.ok(Math.abs(v - want) < room, `${v} is near ${want}`);
    near(fixed.rect.x2, x2 - (x2 - x1) / 4, 1 + (x2 - x1) / 16);
    near(fixed.rect.y2, y2 - (y2 - y1) / 4, 1 + (y2 - y1) / 16);
  });

  it('draws a box', async () => {
    await onward();
    const known = new Set(annotations().keys());
    await window.press('n');
    const at = await window.focus();
    const middle = { x: (at.x1 + at.x2) / 2, y: (at.y1 + at.y2) / 2 };
    await window.drag({ x: middle.x - 40, y: middle.y - 30 }, { x: middle.x + 30, y: middle.y + 40 });
    await window.shown('label-input');
    for (const letter of 'person') await window.press(letter);
    await window.press('Enter');
    await window.saved();
    const drawn = [...annotations().values()].filter((a) => !known.has(a.id));
    assert.equal(drawn.length, 1);
    assert.equal(drawn[0].origin, 'manual');
    assert.equal(drawn[0].state, 'accepted');
  });

  it('undoes and redoes', async () => {
    const there = annotations();
    await window.press('Control', 'z');
    await window.until(() => annotations().size === there.size - 1, 'the drawn box is not taken back');
    await window.press('Control', 'z');
    await window.until(() => counts().fixed === [...there.values()].filter((a) => a.state === 'fixed').length - 1, 'the fix is not taken back');
    await window.press('Control', 'Shift', 'z');
    await window.press('Control', 'Shift', 'z');
    await window.until(() => annotations().size === there.size, 'the drawn box does not come back');
    await window.saved();
    assert.deepEqual(decided(annotations()), decided(there));
  });

  it('accepts the rest of an image', async () => {
    await onward();
    const { image } = first();
    await window.press('Enter');
    await window.saved();
    const pending = [...annotations().values()].filter((a) => a.image === image && a.state === 'pending' && a.standing !== 'withdrawn');
    assert.deepEqual(pending.map((a) => a.id), []);
  });

  it('keeps every decision through kill -9', async () => {
    before = annotations();
    assert.ok([...before.values()].filter((a) => a.state !== 'pending').length >= 9);
    await window.kill();
    assert.deepEqual(annotations(), before);
    window = await Window.open(folder, project);
    await window.shown('box-label');
    assert.deepEqual(annotations(), before);
  });

  it('undoes across the restart', async () => {
    const accepted = counts().accepted;
    await window.press('Control', 'z');
    await window.until(() => counts().accepted < accepted, 'nothing is undone after the restart');
    await window.press('Control', 'Shift', 'z');
    await window.until(() => counts().accepted === accepted, 'nothing is redone after the restart');
    assert.deepEqual(decided(annotations()), decided(before));
  });

  it('confirms an image empty and takes it back', async () => {
    await window.press('i');
    const sunset = images().indexOf('sunset.jpg');
    assert.ok(sunset >= 0, 'sunset.jpg is among the demo photos');
    await window.type('image-filter', 'sunset');
    await window.until(async () => /^1 image/i.test(await window.text('image-total')), 'the filter does not find it');
    await (await window.shown('image-row')).click();
    await window.until(async () => (await window.text('side')).includes('sunset.jpg'), 'the image is not shown');
    await window.press('m');
    await window.until(() => counts().confirmed_empty === 1, 'not confirmed empty');
    await window.press('Control', 'z');
    await window.until(() => counts().confirmed_empty === 0, 'not taken back');
  });

  it('exports what the project holds', async () => {
    await window.press('Control', 'e');
    await window.shown('export');
    await window.type('export-out', xml);
    await window.click('export-start');
    await window.until(async () => /written to/.test(await window.text('export-done')), 'the export does not end');
    const text = readFileSync(xml, 'utf8');
    const boxes = [];
    const labels = new Map(relook(folder, 'status', project).project.labels.map((l) => [l.name, l.id]));
    for (const [, name, inner] of text.matchAll(/<image id="\d+" name="([^"]*)"[^>]*>([\s\S]*?)<\/image>/g)) {
      for (const [tag] of inner.matchAll(/<box [^>]*>/g)) {
        const value = (key) => tag.match(new RegExp(`${key}="([^"]*)"`))[1];
        boxes.push([name, labels.get(value('label')), ...['xtl', 'ytl', 'xbr', 'ybr'].map((k) => Number(value(k)))]);
      }
    }
    const standing = [...annotations().values()].filter(
      (a) => a.state === 'accepted' || a.state === 'fixed' || (a.state === 'pending' && a.standing !== 'withdrawn'),
    );
    const round = (v) => Math.round(v * 100) / 100;
    const want = standing.map((a) => [a.path, a.label, round(a.rect.x1), round(a.rect.y1), round(a.rect.x2), round(a.rect.y2)]);
    const order = (a, b) => (String(a) < String(b) ? -1 : 1);
    assert.equal(boxes.length, want.length);
    boxes.sort(order);
    want.sort(order);
    for (const [n, box] of boxes.entries()) {
      assert.deepEqual(box.slice(0, 2), want[n].slice(0, 2));
      box.slice(2).forEach((v, i) => assert.ok(Math.abs(v - want[n][i + 2]) < 0.011, `${box} is ${want[n]}`));
    }
  });
});

/** Mocha's `before`, whose name this file gives to the state of things. */
function decided(all) {
  return [...all.values()].map(({ id, state, label, rect }) => ({ id, state, label, rect }));
}
