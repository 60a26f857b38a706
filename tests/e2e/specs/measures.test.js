// What the boxes are worth, in the real window: against a truth that is known, and by the person's own decisions.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, Window, annotations, relook, reviewable, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = readdirSync(PHOTOS).sort();

describe('what the boxes are worth', function () {
  let window;
  let project;
  const truth = path.join(folder, 'instances.json');

  story(folder, () => window, async () => {
    project = reviewable(folder, 'worth', photos);
    // As if the models were right wherever both agreed to settle, and nothing else were there.
    relook(folder, 'export', project, '--format', 'coco', '--out', truth, '--force');
    window = await Window.open(folder, project);
    await window.shown('box-label');
  });

  const all = () => [...annotations(folder, project, photos).values()];
  const textOf = async (testid) => (await window.id(testid).getProperty('textContent')).replace(/\s+/g, ' ');

  it('shows the figures that the command line tells', async () => {
    const told = relook(folder, 'evaluate', project, '--truth', truth, '--stage', 'draft');
    await window.press('Control', 'Shift', 'e');
    await window.type('evaluate-truth', path.join(folder, 'none.json'));
    await window.press('Enter');
    await window.until(async () => /none\.json/.test(await textOf('evaluate')), 'a truth that is not there is not named');
    await window.type('evaluate-truth', truth);
    await window.press('Enter');
    await window.shown('evaluate-numbers');
    await window.until(async () => !(await window.id('evaluate-start').getAttribute('disabled')), 'it does not end', 60000);
    const numbers = await textOf('evaluate-numbers');
    assert.ok(numbers.includes(told.coco.ap.toFixed(3)), `${told.coco.ap} is not in ${numbers}`);
    await window.click('evaluate-view-labels');
    await window.click('evaluate-stage-draft');
    const label = told.labels.filter((l) => l.wanted > 0).sort((a, b) => b.wanted - a.wanted)[0];
    await window.until(async () => (await textOf('evaluate-labels')).includes(label.recall.toFixed(3)), 'no recall');
    await window.click('evaluate-view-confusion');
    await window.shown('evaluate-confusion');
    await window.press('Escape');
  });

  it('promises nothing from too few decisions, and accepts what enough of them carry as one step', async () => {
    await window.press('Control', 'Shift', 't');
    await window.shown('thresholds-none');
    assert.equal(await window.id('thresholds-accept').isEnabled(), false);
    await window.press('Escape');

    // One by one, as a person would: all of them right, but for every tenth kept to be accepted later.
    const standing = all().filter((a) => a.state === 'pending' && a.standing !== 'withdrawn' && !a.disagreement);
    const [decided, kept] = [standing.filter((_, n) => n % 10 !== 0), standing.filter((_, n) => n % 10 === 0)];
    for (const { id } of decided) relook(folder, 'decide', project, '--accept', String(id));
    await window.press('Control', 'Shift', 't');
    await window.shown('thresholds-fits');
    await window.browser.execute(() => {
      const slider = document.querySelector('[data-testid="thresholds-precision"]');
      slider.value = '800';
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await window.until(async () => /80\.0 %/.test(await textOf('thresholds')), 'the slider does not move');
    const told = relook(folder, 'thresholds', project, '--precision', '0.8');
    assert.ok(told.boxes > 0 && told.boxes <= kept.length, `${told.boxes} of ${kept.length}`);
    await window.until(async () => (await window.text('thresholds-accept')).includes(` ${told.boxes} `), 'another count than the command line');
    await window.click('thresholds-accept');
    const accepted = () => all().filter((a) => kept.some((k) => k.id === a.id) && a.state === 'accepted').length;
    await window.until(() => accepted() === told.boxes, 'they are not accepted');
    await window.until(async () => !(await window.id('thresholds').isExisting()), 'the dialog does not close');
    await window.press('Control', 'z');
    await window.until(() => accepted() === 0, 'one undo does not take them back');
  });
});
