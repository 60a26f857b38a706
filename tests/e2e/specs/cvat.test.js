// A CVAT server in the real window: connected to, sent to, read back; changed there, compared, taken over, undone; and a
// push that a power cut ended goes on.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { server } from '../lib/cvat.js';
import { ROOT, Window, annotations, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = ['img_000.jpg', 'kinds.jpg'];

describe('a CVAT server', function () {
  let window;
  let cvat;
  const project = path.join(folder, 'harbour.relook');

  story(folder, () => window, async () => {
    const pictures = path.join(folder, 'photos');
    mkdirSync(pictures);
    for (const name of photos) execFileSync('convert', ['-size', '640x480', 'gradient:#456-#9ab', path.join(pictures, name)]);
    relook(folder, 'new', project, '--labels', 'empty');
    relook(folder, 'add', project, pictures);
    relook(folder, 'import', project, path.join(ROOT, 'tests/fixtures/cvat-showcase.xml'), '--create-labels');
    cvat = await server();
    // Where tests run the keyring is locked, or there is none.
    process.env.RELOOK_CVAT_TOKEN = cvat.token;
    window = await Window.open(folder, project);
    await window.shown('shell');
  });
  after(() => {
    delete process.env.RELOOK_CVAT_TOKEN;
    cvat?.end();
  });

  const all = () => [...annotations(folder, project, photos).values()];
  const shapes = () => all().map(({ id, rect, label }) => JSON.stringify({ id, rect, label })).sort();
  const text = async (testid) => (await (await window.shown(testid)).getProperty('textContent')).replace(/\s+/g, ' ').trim();
  const says = (testid, what, words) => window.until(async () => what.test(await text(testid)), words, 60000);

  it('is connected to by keys, from where sending needs it', async () => {
    await window.press('Control', 'Shift', 'u');
    await window.shown('push-connect');
    await window.press('Enter');
    await window.shown('connections');
    await window.id('connection-name').addValue('team');
    await window.press('Tab');
    await window.id('connection-url').addValue('http://127.0.0.1:9');
    await window.press('Enter');
    await says('connection-refused', /could not be reached/, 'a server that is not there is not named');
    await window.type('connection-url', cvat.url);
    await window.press('Enter');
    await says('connection-good', /^CVAT \d+\.\d+/, 'the server does not answer');
    assert.equal(relook(folder, 'cvat', 'list')[0].name, 'team');
    await window.press('Escape');
    await says('push-summary', /shapes? on 2 images/, 'it does not come back to what it was for');
    assert.equal((await cvat.tasks()).length, 0, 'nothing is sent by looking');
  });

  it('takes what is sent, and a power cut in the middle makes no second task', async () => {
    cvat.door.shutAt = /^PATCH \/api\/tasks\/\d+\/data\//;
    await window.click('push-start');
    await window.until(() => cvat.door.met > 0, 'no photo is sent', 60000);
    await window.kill();
    cvat.door.shutAt = null;
    window = await Window.open(folder, project);
    await window.shown('shell');
    await window.until(async () => /was cut off/.test(await window.browser.execute('return document.body.textContent')), 'it is not said');
    await window.press('Control', 'Shift', 'u');
    await says('push-begun', /waits for the rest/, 'what was begun is not known');
    await window.click('push-go-on');
    await says('push-done', /Everything arrived as it was sent.*\d+ shapes on 2 images in task 1/, 'it does not arrive');
    assert.equal((await cvat.tasks()).length, 1);
    await window.press('Escape');
  });

  it('shows what others changed there, and where', async () => {
    const xml = path.join(folder, 'there.xml');
    relook(folder, 'export', project, '--out', xml, '--force');
    const ours = readFileSync(xml, 'utf8');
    const [first] = ours.match(/<box [^>]*>/);
    const moved = first.replace(/xtl="([\d.]+)"/, (_, x) => `xtl="${(Number(x) + 3).toFixed(2)}"`);
    const [gone] = ours.match(/ *<ellipse [\s\S]*?<\/ellipse>\n|<ellipse [^>]*\/>\n/);
    await cvat.put(1, ours.replace(first, moved).replace(gone, ''));
    await window.press('F9');
    await says('diff-sums', /Task 1 “harbour”/, 'no difference');
    await window.press('F3');
    await says('diff-detail', /Here only · by them.*deletes the shape here/, 'the first difference is not gone to');
    await window.press('F3');
    await says('diff-detail', /Moved · by them Up to 3\.00 px apart/, 'the second difference is not gone to');
    const at = await window.id('canvas').getAttribute('data-box');
    assert.ok(all().some(({ id }) => String(id) === at), 'its shape is not in focus');
  });

  it('has taken over what was chosen, and one undo brings it back', async () => {
    const before = shapes();
    // The first one stays as it is here.
    await window.press('Shift', 'F3');
    await window.press('F4');
    await says('diff-take', /Take over 1/, 'the mark is not taken off');
    await window.press('Shift', 'F9');
    await window.until(async () => !/Moved/.test(await text('diff-list')), 'what was taken over is still listed', 60000);
    const after = shapes();
    assert.equal(after.filter((one) => !before.includes(one)).length, 1);
    assert.equal(after.length, before.length);
    await window.press('Control', 'z');
    await window.until(() => shapes().join() === before.join(), 'undo does not bring it back');
    await window.press('F9');
    await says('diff-list', /Moved/, 'it does not differ again');
  });

  it('is not sent over what others did before that was looked at', async () => {
    await window.press('Control', 'Shift', 'u');
    await window.click('push-task');
    await says('push-obstacle', /2 shapes of task 1 are otherwise there/, 'others would lose what they did');
    await window.click('push-overwrites');
    await says('diff-sums', /Task 1/, 'it does not lead to the difference');
  });
});
