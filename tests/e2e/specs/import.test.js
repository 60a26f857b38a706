// What was labelled elsewhere comes in through the real window: told before, taken, looked at, exported, undone.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { ROOT, Window, annotations, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = ['img_000.jpg', 'kinds.jpg'];
/** Four images with every kind of shape; the project has two of them. */
const xml = path.join(ROOT, 'tests/fixtures/cvat-showcase.xml');

describe('import', function () {
  let window;
  const project = path.join(folder, 'harbour.relook');

  story(folder, () => window, async () => {
    const pictures = path.join(folder, 'photos');
    mkdirSync(pictures);
    for (const name of photos) execFileSync('convert', ['-size', '640x480', 'gradient:#456-#9ab', path.join(pictures, name)]);
    relook(folder, 'new', project, '--labels', 'empty');
    relook(folder, 'add', project, pictures);
    window = await Window.open(folder, project);
    await window.shown('shell');
  });

  const all = () => [...annotations(folder, project, photos).values()];
  const summary = async () => (await window.id('import-summary').getProperty('textContent')).replace(/\s+/g, ' ');

  it('tells what will happen before anything does', async () => {
    await window.press('Control', 'i');
    await window.type('import-path', path.join(folder, 'nothing.xml'));
    await window.until(async () => /nothing\.xml.*No such file/.test(await summary()), 'a file that is not there is not named');
    assert.equal(await window.id('import-start').isEnabled(), false);
    await window.type('import-path', xml);
    await window.shown('import-report');
    assert.match(await summary(), /CVAT: 14 shapes on 4 images.*2 of 4 images in this project.*13 shapes will be added/);
    assert.match(await summary(), /猫 \(1\).*2 images not in this project, such as .*żółw/);
    assert.equal(all().length, 0);

    await window.click('import-create');
    await window.until(async () => /\b0 shapes will be added/.test(await summary()), 'shapes of labels that stay unknown are counted');
    assert.equal(await window.id('import-start').isEnabled(), false, 'labels are lacking');
    await window.click('import-create');
    await window.until(async () => /13 shapes will be added/.test(await summary()), 'the preview does not follow');
  });

  it('takes every kind of shape in, shows it, and the export equals what came', async () => {
    await window.click('import-start');
    await window.shown('import-done');
    assert.match(await window.text('import-report'), /13 shapes added/);
    const came = all();
    const kinds = ['box', 'cuboid', 'ellipse', 'mask', 'points', 'polygon', 'polyline', 'skeleton', 'tag'];
    assert.deepEqual([...new Set(came.map((a) => a.shape.kind))].sort(), kinds);
    await window.click('import-close');
    await window.press('i');
    await window.until(async () => (await window.browser.$$('[data-testid="image-row"]').length) === 2, 'no list of images');
    await (await window.browser.$$('[data-testid="image-row"]'))[1].click();
    await window.until(async () => (await window.id('canvas').getAttribute('data-photo')) === 'painted', 'no photo');

    const again = path.join(folder, 'again.xml');
    relook(folder, 'export', project, '--out', again);
    const copy = path.join(folder, 'copy.relook');
    relook(folder, 'new', copy, '--labels', 'empty');
    relook(folder, 'add', copy, path.join(folder, 'photos'));
    relook(folder, 'import', copy, again, '--create-labels');
    const shape = ({ rect, rotation, shape, attributes, occluded, z_order, group, path: image }) =>
      JSON.stringify({ rect, rotation, shape, attributes, occluded, z_order, group, image });
    assert.deepEqual([...annotations(folder, copy, photos).values()].map(shape).sort(), came.map(shape).sort());
  });

  it('finds nothing new in the same file, and one undo takes all of it back', async () => {
    await window.press('Control', 'i');
    await window.type('import-path', xml);
    await window.until(async () => /13 there already.*nothing to import/.test(await summary()), 'what is there is not known');
    assert.equal(await window.id('import-start').isEnabled(), false);
    await window.press('Escape');
    await window.press('Control', 'z');
    await window.until(() => all().length === 0, 'undo leaves something');
    const { labels } = relook(folder, 'status', project).project;
    assert.deepEqual(labels.filter((l) => !l.archived).map((l) => l.name), [], 'the labels made go too');
  });
});
