// What CVAT would trip over, in the real window: found, gone to, mended with one key, and in the way of an export.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { Window, annotations, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = ['a.jpg', 'a.png', 'b.jpg'];

describe('the check for CVAT', function () {
  let window;
  const project = path.join(folder, 'odd.relook');
  const xml = path.join(folder, 'odd.xml');

  story(folder, () => window, async () => {
    const pictures = path.join(folder, 'photos');
    mkdirSync(pictures);
    for (const name of photos) execFileSync('convert', ['-size', '640x480', 'gradient:#456-#9ab', path.join(pictures, name)]);
    relook(folder, 'new', project);
    relook(folder, 'add', project, pictures);
    for (const image of ['a.jpg', 'b.jpg', 'b.jpg']) {
      relook(folder, 'decide', project, '--draw', '--image', image, '--to', 'car', '--rect', '100,100,300,300');
    }
    // No verb stores a shape that reaches out of its image; a broken or older program may have.
    execFileSync('python3', ['-c', `
import sqlite3
with sqlite3.connect(${JSON.stringify(project)}) as project:
    project.execute('UPDATE annotation SET x2 = 700 WHERE id IN (SELECT id FROM annotation ORDER BY id DESC LIMIT 2)')
`]);
    window = await Window.open(folder, project);
    await window.shown('shell');
  });

  const right = () => [...annotations(folder, project, photos).values()].map((a) => a.rect.x2);
  const sums = async () => (await window.id('lint-sums').getProperty('textContent')).replace(/\s+/g, ' ');
  const detail = async () => (await window.id('lint-detail').getProperty('textContent')).replace(/\s+/g, ' ');

  it('counts by rule, and goes to image and shape by key and by click', async () => {
    await window.press('F7');
    await window.shown('lint-sums');
    assert.match(await sums(), /2 errors.*2 warnings.*3 shapes on 3 images/);
    await window.press('F8');
    await window.until(async () => /a\.jpg.*differ only by their extension.*1 of 4.*for you to decide/.test(await detail()), 'no first finding');
    await window.press('Shift', 'F8');
    await window.until(async () => /b\.jpg · shape \d+.*reaches out of the image of 640 by 480.*4 of 4/.test(await detail()), 'no last finding');
    const found = await window.browser.$$('[data-testid="lint-finding"]');
    const last = await found[found.length - 2].getAttribute('data-annotation');
    await found[found.length - 2].click();
    await window.until(async () => (await window.id('canvas').getAttribute('data-box')) === last, 'the shape is not in focus');
  });

  it('stands in the way of an export until it is told otherwise', async () => {
    await window.press('Control', 'e');
    await window.shown('export-trips');
    assert.match(await window.text('export-trips'), /2 things/);
    assert.equal(await window.text('export-start'), 'Export all the same');
    await window.click('export-lint');
    await window.shown('lint');
    assert.ok(!existsSync(xml));
  });

  it('mends with one key what needs no decision, as one step', async () => {
    assert.deepEqual(right(), [300, 700, 700]);
    await window.press('Shift', 'F7');
    await window.until(() => right().every((x) => x <= 640), 'nothing is mended');
    await window.until(async () => /2 errors \S*3 shapes/.test(await sums()) || !/warning/.test(await sums()), 'the list is not made anew');
    await window.press('Control', 'z');
    await window.until(() => right().filter((x) => x === 700).length === 2, 'undo leaves something mended');
    await window.until(async () => /2 warnings/.test(await sums()), 'what is undone is not found again');
  });

  it('exports all the same', async () => {
    await window.press('Control', 'e');
    await window.type('export-out', xml);
    await window.click('export-mend');
    await window.until(async () => !/Mend/.test(await window.text('export-trips')), 'the summary does not follow');
    await window.click('export-start');
    await window.shown('export-done');
    assert.ok(existsSync(xml));
  });
});
