// Every kind of shape in the real window: drawn, changed by keys, undone, redone, and there again after a restart.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, Window, annotations, relook, reviewable, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = readdirSync(PHOTOS).sort().slice(0, 2);

describe('shapes', function () {
  let window;
  let project;

  story(folder, () => window, async () => {
    project = reviewable(folder, 'shapes', photos);
    relook(folder, 'labels', project, 'add', 'stick', '--shape', 'skeleton', '--skeleton', JSON.stringify({
      joints: [{ name: 'top', x: 0.5, y: 0 }, { name: 'foot', x: 0.5, y: 1 }],
      edges: [[0, 1]],
    }));
    window = await Window.open(folder, project);
    await window.shown('box-label');
    await window.press('i');
    await window.shown('image-row');
    await (await window.id('image-row')).click();
    await window.until(async () => (await window.id('canvas').getAttribute('data-photo')) === 'painted', 'no photo');
  });

  const all = () => annotations(folder, project, photos);
  const told = (map) => [...map.values()].map(({ id, label, state, rect, rotation, shape }) => ({ id, label, state, rect, rotation, shape }));

  /** Points of the window around the middle of the canvas. */
  async function places(...offsets) {
    const { x, y, width, height } = await window.browser.execute(() => {
      const box = document.querySelector('[data-testid="canvas"]').getBoundingClientRect();
      return { x: box.x, y: box.y, width: box.width, height: box.height };
    });
    return offsets.map(([dx, dy]) => ({ x: x + width / 2 + dx, y: y + height / 2 + dy }));
  }

  const corners = [[-60, -50], [60, 40]];
  const outline = [[-70, -40], [50, -60], [70, 50], [-30, 60]];
  const KINDS = [
    { kind: 'box', key: '1', drags: corners },
    { kind: 'ellipse', key: '2', drags: corners },
    { kind: 'polygon', key: '3', clicks: outline },
    { kind: 'polyline', key: '4', clicks: outline },
    { kind: 'points', key: '5', clicks: outline },
    { kind: 'mask', key: '6', strokes: corners },
    { kind: 'cuboid', key: '7', drags: corners, then: [[100, 0]] },
  ];

  for (const { kind, key, drags, clicks, strokes, then } of KINDS) {
    it(`${kind}: drawn, moved, undone, redone, and there after a restart`, async () => {
      const before = all();
      await window.press('Alt', key);
      if (clicks) {
        await window.clickAt(...(await places(...clicks)));
        await window.press('Enter');
      } else {
        await window.drag(...(await places(...(drags ?? strokes))));
        if (strokes) await window.press('Enter');
        if (then) await window.clickAt(...(await places(...then)));
      }
      await window.shown('label-input');
      for (const letter of 'person') await window.press(letter);
      await window.press('Enter');
      await window.saved();
      const drawn = [...all().values()].filter((a) => !before.has(a.id));
      assert.equal(drawn.length, 1, `one ${kind} more`);
      assert.equal(drawn[0].shape.kind, kind);
      assert.equal(drawn[0].state, 'accepted');
      const { x1, x2, y1, y2 } = drawn[0].rect;
      assert.ok(x2 - x1 > 10 && y2 - y1 > 10, `${kind} is as large as it was drawn: ${JSON.stringify(drawn[0].rect)}`);

      await window.press('e');
      await window.press('Shift', 'ArrowRight');
      await window.press('Enter');
      await window.saved();
      const moved = all().get(drawn[0].id);
      assert.ok(Math.abs(moved.rect.x1 - x1 - 10) < 0.02, `${x1} moved by ten to ${moved.rect.x1}`);
      assert.equal(moved.shape.kind, kind);
      const there = told(all());

      await window.press('Control', 'z');
      await window.press('Control', 'z');
      await window.until(() => all().size === before.size, 'it is not taken back');
      assert.deepEqual(told(all()), told(before));
      await window.press('Control', 'Shift', 'z');
      await window.press('Control', 'Shift', 'z');
      await window.until(() => told(all()).length === there.length && all().get(drawn[0].id)?.rect.x1 === moved.rect.x1, 'it does not come back');
      assert.deepEqual(told(all()), there);
    });
  }

  it('skeleton: laid out as its label says', async () => {
    const before = all();
    await window.press('Alt', '8');
    if (await window.id('label-input').isExisting()) {
      for (const letter of 'stick') await window.press(letter);
      await window.press('Enter');
    }
    await window.drag(...(await places(...corners)));
    if (await window.id('label-input').isExisting()) {
      for (const letter of 'stick') await window.press(letter);
      await window.press('Enter');
    }
    await window.saved();
    const [drawn] = [...all().values()].filter((a) => !before.has(a.id));
    assert.equal(drawn?.shape.kind, 'skeleton');
    assert.deepEqual(drawn.shape.joints.map((joint) => joint.name), ['top', 'foot']);
    assert.ok(drawn.shape.joints[1].y - drawn.shape.joints[0].y > 10);
  });

  it('all of them are there after a kill and a restart, and in the XML', async () => {
    const before = told(all());
    await window.kill();
    window = await Window.open(folder, project);
    await window.shown('shell');
    assert.deepEqual(told(all()), before);
    const xml = path.join(folder, 'shapes.xml');
    relook(folder, 'export', project, '--out', xml);
    const text = readFileSync(xml, 'utf8');
    for (const element of ['<box ', '<ellipse ', '<polygon ', '<polyline ', '<points ', '<mask ', '<cuboid ', '<skeleton ']) {
      assert.ok(text.includes(element), `${element} is in the XML`);
    }
  });
});
