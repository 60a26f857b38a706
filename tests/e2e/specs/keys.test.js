// Palette, remapping, language, themes, labels and history in the real window, by keys alone.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import { PHOTOS, Window, annotations, relook, reviewable, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = readdirSync(PHOTOS).sort().slice(0, 6);

describe('everything by keys', function () {
  let window;
  let project;

  story(folder, () => window, async () => {
    project = reviewable(folder, 'keys', photos);
    window = await Window.open(folder, project);
    await window.shown('box-label');
  });

  const counts = () => relook(folder, 'status', project).project.counts;
  const labels = () => relook(folder, 'status', project).project.labels;
  const write = async (text) => {
    for (const letter of text) await window.press(letter);
  };
  const gone = (testid) => window.until(async () => !(await window.id(testid).isExisting()), `${testid} stays`);
  const html = (name) => window.browser.execute((key) => document.documentElement.getAttribute(key), name);

  it('finds and runs a command in the palette', async () => {
    const { accepted } = counts();
    await window.press('Control', 'k');
    await window.shown('palette-input');
    await write('accept');
    await window.shown('palette-item-accept');
    await window.press('Enter');
    await gone('palette');
    await window.saved();
    await window.until(() => counts().accepted === accepted + 1, 'the palette does not accept');
  });

  it('remaps a key, asks before it takes one over, and keeps it over a restart', async () => {
    await window.press('F1');
    await window.shown('keys-filter');
    await write('reject');
    await window.until(async () => !(await window.id('key-add-accept').isExisting()), 'the filter leaves the rest');
    await window.click('key-add-reject');
    await window.press('a');
    await window.shown('keys-take');
    assert.match(await window.text('keys-say'), /A/, 'the key that is taken is named');
    await window.press('Enter');
    await gone('keys-take');
    await window.press('Escape');
    await gone('keys-sheet');
    await window.close();
    window = await Window.open(folder, project);
    await window.shown('box-label');
    const { accepted, rejected } = counts();
    await window.press('a');
    await window.saved();
    await window.until(() => counts().rejected === rejected + 1, 'the new key does not reject');
    assert.equal(counts().accepted, accepted, 'the key no longer accepts');
    await window.press('Space');
    await window.saved();
    await window.until(() => counts().accepted === accepted + 1, 'the other key still accepts');
    await window.press('Control', 'z');
    await window.press('Control', 'z');
    await window.saved();
  });

  it('takes a preset, and its own keys back', async () => {
    await window.press('F1');
    await window.shown('keys-sheet');
    await window.click('preset-cvat');
    await window.click('preset-relook');
    await window.click('keys-reset-all');
    await window.press('Escape');
    await gone('keys-sheet');
    const { accepted } = counts();
    await window.press('a');
    await window.saved();
    await window.until(() => counts().accepted === accepted + 1, 'the shipped key does not accept again');
    await window.press('Control', 'z');
    await window.saved();
  });

  it('speaks Bahasa Indonesia at once, and English again', async () => {
    const english = await window.text('step-review');
    await window.press('Control', 'k');
    await window.shown('palette-input');
    await write('language');
    await window.press('Enter');
    await gone('palette');
    await window.until(async () => (await html('lang')) === 'id', 'the language does not change');
    const indonesian = await window.text('step-review');
    assert.notEqual(indonesian, english);
    await window.press('Control', 'k');
    await window.shown('palette-input');
    await write('language');
    await window.press('Enter');
    await window.until(async () => (await html('lang')) === 'en', 'English does not come back');
    assert.equal(await window.text('step-review'), english);
  });

  it('changes the theme', async () => {
    const seen = new Set();
    for (let n = 0; n < 3; n += 1) {
      seen.add(await html('data-theme'));
      await window.press('Control', 'k');
      await window.shown('palette-input');
      await write('theme');
      await window.press('Enter');
      await gone('palette');
    }
    assert.deepEqual([...seen].sort(), ['dark', 'light']);
  });

  it('renames a label, makes one, deletes one into another, and undoes it', async () => {
    const all = () => annotations(folder, project, photos);
    const used = [...all().values()].find((a) => a.state === 'pending' && a.standing !== 'withdrawn').label;
    const { name } = labels().find((l) => l.id === used);
    await window.press('Control', 'l');
    await window.shown('labels');
    await window.click(`label-${name}`);
    await window.type('label-form-name', `${name} renamed`);
    await window.click('label-save');
    await window.until(() => labels().some((l) => l.id === used && l.name === `${name} renamed`), 'not renamed');

    await window.click('label-new');
    await window.type('label-form-name', 'heir');
    await window.click('label-save');
    await window.until(() => labels().some((l) => l.name === 'heir'), 'not made');
    const heir = labels().find((l) => l.name === 'heir').id;

    const before = all();
    await window.click(`label-${name} renamed`);
    await window.click('label-delete');
    const select = await window.shown('label-into');
    await select.selectByVisibleText('heir');
    await window.click('label-delete-now');
    await window.until(() => labels().find((l) => l.id === used).archived, 'not deleted');
    const standing = (a) => a.state === 'accepted' || a.state === 'fixed' || (a.state === 'pending' && a.standing !== 'withdrawn');
    assert.deepEqual([...all().values()].filter((a) => a.label === used && standing(a)), []);
    assert.ok([...all().values()].some((a) => a.label === heir));
    await window.press('Escape');
    await gone('labels');
    await window.press('Control', 'z');
    await window.until(() => !labels().find((l) => l.id === used).archived, 'the label does not come back');
    const shape = (map) => [...map.values()].map(({ id, label, state, rect }) => ({ id, label, state, rect }));
    assert.deepEqual(shape(all()), shape(before), 'every box has its label again');
    const listed = () => window.browser.execute(() => document.querySelector('[data-testid="queue-list"]').textContent);
    await window.until(async () => !(await listed()).includes('heir'), 'the queue does not show the label that came back');
  });

  it('goes back in the history and forth again', async () => {
    await window.press('Escape');
    const done = counts();
    for (const key of ['Space', 'x', 'Space']) {
      await window.press(key);
      await window.saved();
    }
    const three = counts();
    assert.equal(three.accepted + three.rejected, done.accepted + done.rejected + 3);
    const steps = relook(folder, 'history', project, '--limit', '20').filter(({ state }) => state === 'done');
    await window.press('Control', 'h');
    await window.shown('history-dialog');
    // What is cut by an ellipsis is no text to WebDriver.
    const said = await window.browser.execute(() => document.querySelector('[data-testid="history-dialog"]').textContent);
    assert.match(said.replace(/\s+/g, ' '), /Accepted .*Person/);
    await window.click(`history-go-${steps[3].step}`);
    await window.until(() => counts().accepted + counts().rejected === done.accepted + done.rejected, 'not back');
    await window.click(`history-go-${steps[0].step}`);
    await window.until(() => counts().accepted + counts().rejected === three.accepted + three.rejected, 'not forth');
    await window.press('Escape');
    await gone('history-dialog');
  });
});
