// The gallery in the real window: crops of one label, the wrong ones swept out, the rest accepted with one key.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import { PHOTOS, Window, annotations, relook, reviewable, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = readdirSync(PHOTOS).sort();

describe('gallery and filters', function () {
  let window;
  let project;

  story(folder, () => window, async () => {
    project = reviewable(folder, 'gallery', photos);
    window = await Window.open(folder, project);
    await window.shown('box-label');
  });

  const all = () => annotations(folder, project, photos);
  const crops = () =>
    window.browser.execute(() =>
      [...document.querySelectorAll('[data-testid="gallery-crop"]')].map((e) => ({ id: Number(e.dataset.id), wrong: e.dataset.wrong === 'true' })),
    );

  it('accepts a page and rejects what was marked, as one step', async () => {
    const pending = [...all().values()].filter((a) => a.state === 'pending' && a.standing !== 'withdrawn');
    const most = new Map();
    for (const { label } of pending) most.set(label, (most.get(label) ?? 0) + 1);
    const [label] = [...most].sort((a, b) => b[1] - a[1])[0];
    const { name } = relook(folder, 'status', project).project.labels.find((l) => l.id === label);
    await window.click('tab-gallery');
    await window.shown('gallery');
    await window.click(`gallery-label-${name}`);
    await window.until(async () => (await crops()).length >= 4, 'no crops are shown');
    const before = all();
    const shown = await crops();
    const labels = shown.map(({ id }) => before.get(id).label);
    assert.equal(labels[0], label);
    assert.equal(labels.lastIndexOf(label) + 1, labels.filter((one) => one === label).length, 'this label comes first');
    // Not what the driver takes for visible: it leaves out what may be cut with an ellipsis.
    assert.equal((await window.id('gallery-heading').getProperty('textContent')).trim(), name);

    await (await window.id('gallery-crop')).click();
    await window.until(async () => (await crops())[0].wrong, 'a click does not mark');
    await window.press('ArrowRight');
    await window.press('x');
    await window.until(async () => (await crops()).filter((c) => c.wrong).length === 2, 'the key does not mark');
    const wrong = new Set((await crops()).filter((c) => c.wrong).map((c) => c.id));
    await window.press('Enter');
    await window.saved();
    await window.until(() => [...wrong].every((id) => all().get(id)?.state === 'rejected'), 'what was marked is not rejected');
    const after = all();
    const decided = shown.filter(({ id }) => after.get(id).state !== 'pending').map(({ id }) => id);
    assert.ok(decided.length > wrong.size);
    for (const id of decided) assert.equal(after.get(id).state, wrong.has(id) ? 'rejected' : 'accepted');

    await window.press('Control', 'z');
    await window.until(() => decided.every((id) => all().get(id).state === 'pending'), 'one undo does not take all of it back');
  });

  it('opens a crop in place and comes back to the same spot', async () => {
    const shown = await crops();
    await window.until(async () => (await crops()).length >= 4, 'the crops do not come back');
    await window.press('e');
    await window.until(async () => (await window.id('canvas').isExisting()) && (await window.id('canvas').getAttribute('data-box')) !== '', 'it does not open');
    await window.press('Escape');
    await window.shown('gallery-grid');
    await window.until(async () => (await crops()).length >= Math.min(4, shown.length), 'the gallery does not come back');
  });

  it('filters the queue, keeps the filter under a name, and finds it again', async () => {
    await window.click('tab-queue');
    const total = Number(/\d+/.exec(await window.text('queue-total'))?.[0]);
    const where = photos.find((photo) => [...all().values()].some((a) => a.path === photo && a.state === 'pending' && a.standing === 'doubtful'));
    const want = [...all().values()].filter((a) => a.path === where && a.state === 'pending' && a.standing === 'doubtful').length;
    await window.click('queue-filter');
    await window.type('filter-path', where);
    await window.until(async () => Number(/\d+/.exec(await window.text('queue-total'))?.[0]) === want, 'the filter does not filter');
    assert.ok(want < total);
    await window.type('filter-name', 'one photo');
    await window.click('filter-save');
    await window.shown('filter-saved-one photo');
    assert.deepEqual(relook(folder, 'filters', project).map?.((f) => f.name) ?? relook(folder, 'filters', project).filters.map((f) => f.name), ['one photo']);
  });
});
