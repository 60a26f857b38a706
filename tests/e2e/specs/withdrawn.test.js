// In the real window: a click, while a box is to be drawn, takes what a model saw there but thought too weak to show.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import { PHOTOS, Window, annotations, reviewable, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = readdirSync(PHOTOS).sort();

describe('what the models withdrew', function () {
  let window;
  let project;

  story(folder, () => window, async () => {
    project = reviewable(folder, 'withdrawn', photos);
    window = await Window.open(folder, project);
    await window.shown('box-label');
  });

  const all = () => annotations(folder, project, photos);
  const middle = ({ x1, y1, x2, y2 }) => ({ x: (x1 + x2) / 2, y: (y1 + y2) / 2 });
  const isWeak = (a) => a.state === 'pending' && a.standing === 'withdrawn' && a.shape.kind === 'box';

  it('is taken with one click, and given back with one undo', async () => {
    const before = all();
    const canvas = await window.browser.execute(() => {
      const { left, top, right, bottom } = document.querySelector('[data-testid="canvas"]').getBoundingClientRect();
      return { left, top, right, bottom };
    });
    const reachable = ({ x, y }) =>
      x > canvas.left + 80 && x < canvas.right - 80 && y > canvas.top + 80 && y < canvas.bottom - 120;
    // Along the queue to a photo with one. Where the box in focus lies in the window tells where everything else does.
    let [weak, place] = [null, null];
    for (let n = 0; n < 40 && !weak; n += 1) {
      const box = before.get(Number(await (await window.shown('canvas')).getAttribute('data-box')));
      await window.press('0');
      const here = await window.focus();
      const scale = (here.x2 - here.x1) / (box.rect.x2 - box.rect.x1);
      place = ({ x, y }) => ({ x: here.x1 + (x - box.rect.x1) * scale, y: here.y1 + (y - box.rect.y1) * scale });
      weak = [...before.values()].find((a) => a.path === box.path && isWeak(a) && reachable(place(middle(a.rect)))) ?? null;
      if (!weak) await window.press('Tab');
    }
    assert.ok(weak, 'nothing withdrawn can be reached');

    await window.press('Alt', '1');
    await window.clickAt(place(middle(weak.rect)));
    await window.saved();
    await window.until(() => [...all().values()].some((a) => isWeak(before.get(a.id) ?? a) && a.state === 'accepted'), 'nothing is taken');
    const after = all();
    const taken = [...after.values()].filter((a) => a.state !== before.get(a.id)?.state);
    assert.equal(after.size, before.size, 'nothing is drawn');
    assert.equal(taken.length, 1);
    const { x, y } = middle(weak.rect);
    const { x1, y1, x2, y2 } = taken[0].rect;
    assert.ok(x1 <= x && x <= x2 && y1 <= y && y <= y2, 'it lies where the click was');
    assert.deepEqual(taken[0].rect, before.get(taken[0].id).rect);
    assert.equal(await window.id('label-input').isExisting(), false);

    await window.press('Control', 'z');
    await window.until(() => isWeak(all().get(taken[0].id)), 'it is not given back');
  });
});
