// Tracks through the real window: they come in, a shape between keyframes is moved, its neighbours follow, one undo takes all
// of it back, and what is exported is what there is.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Window, annotations, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = Array.from({ length: 7 }, (_, n) => `frame_${n}.jpg`);
const project = path.join(folder, 'walk.relook');
const xml = path.join(folder, 'walk.xml');

const box = (frame, x) =>
  `<box frame="${frame}" keyframe="1" outside="0" occluded="0" xtl="${x}" ytl="200" xbr="${x + 120}" ybr="320" z_order="0"/>`;
const video =
  `<annotations><meta><task><stop_frame>6</stop_frame></task></meta>` +
  `<track id="0" label="car" source="manual">${box(0, 60)}${box(4, 260)}</track>` +
  `<track id="1" label="person" source="manual">${box(2, 460)}</track></annotations>`;

describe('tracks', function () {
  let window;

  story(folder, () => window, async () => {
    const pictures = path.join(folder, 'photos');
    mkdirSync(pictures);
    for (const name of photos) execFileSync('convert', ['-size', '640x480', 'gradient:#456-#9ab', path.join(pictures, name)]);
    writeFileSync(xml, video);
    relook(folder, 'new', project, '--labels', 'empty');
    relook(folder, 'add', project, pictures);
    window = await Window.open(folder, project);
    await window.shown('shell');
  });

  const all = (of = project) => [...annotations(folder, of, photos).values()];
  /** Where the first track stands on each image, with a star where it is set. */
  const steps = (of = project) =>
    all(of)
      .filter((a) => a.track?.id === 1)
      .sort((a, b) => a.path.localeCompare(b.path))
      .map((a) => `${a.rect.x1}${a.track.keyframe ? '*' : ''}`)
      .join(' ');
  const said = async () => (await window.id('track-said').getProperty('textContent')).trim();
  const before = '60* 110 160 210 260* 260 260';

  it('come in and say where they are set', async () => {
    await window.press('Control', 'i');
    await window.type('import-path', xml);
    await window.shown('import-report');
    await window.click('import-start');
    await window.shown('import-done');
    await window.click('import-close');
    assert.equal(steps(), before);

    await window.press('i');
    await window.until(async () => (await window.browser.$$('[data-testid="image-row"]').length) === 7, 'no list of images');
    await (await window.browser.$$('[data-testid="image-row"]'))[2].click();
    await window.until(async () => (await window.id('canvas').getAttribute('data-photo')) === 'painted', 'no photo');
    await window.press('Tab');
    await window.until(async () => (await said()) === 'Track 1: interpolated', 'the track is not named');
  });

  it('are gone along from keyframe to keyframe', async () => {
    await window.press('Alt', ']');
    await window.until(async () => (await said()) === 'Track 1: keyframe', 'not at the next keyframe');
    await window.press('Alt', '[');
    await window.press('Alt', '[');
    await window.until(async () => /no keyframe before/.test(await window.text('toasts')), 'not at the first keyframe');
    assert.equal(await said(), 'Track 1: keyframe');
    await window.press(']');
    await window.press(']');
    await window.press('Tab');
    await window.until(async () => (await said()) === 'Track 1: interpolated', 'not between the keyframes');
  });

  it('follow what is moved between two keyframes, and one undo takes it back', async () => {
    await window.press('e');
    for (let n = 0; n < 4; n += 1) await window.press('Shift', 'ArrowRight');
    await window.press('Enter');
    await window.until(() => steps() === '60* 130 200* 230 260* 260 260', `the neighbours do not follow: ${steps()}`);
    await window.until(async () => (await said()) === 'Track 1: keyframe', 'the moved shape is no keyframe');
    await window.press('Control', 'z');
    await window.until(() => steps() === before, 'undo leaves something');
    await window.until(async () => (await said()) === 'Track 1: interpolated', 'undo goes elsewhere');
    await window.press('k');
    await window.until(() => steps() === '60* 110 160* 210 260* 260 260', 'K makes no keyframe');
    await window.press('k');
    await window.until(() => steps() === before, 'K does not take the keyframe back');
  });

  it('end where they are told to, and are written as they are', async () => {
    await window.press('Shift', 'k');
    await window.until(() => steps() === '60* 110 160*', 'the track does not end');
    const again = path.join(folder, 'again.xml');
    relook(folder, 'export', project, '--format', 'cvat-video', '--out', again);
    const copy = path.join(folder, 'copy.relook');
    relook(folder, 'new', copy, '--labels', 'empty');
    relook(folder, 'add', copy, path.join(folder, 'photos'));
    relook(folder, 'import', copy, again, '--create-labels');
    const shape = ({ rect, track, path: image }) => JSON.stringify({ rect, track, image });
    assert.deepEqual(all(copy).map(shape).sort(), all().map(shape).sort());
  });
});
