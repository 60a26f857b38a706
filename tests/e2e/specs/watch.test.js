// In the real window: a watched folder takes in photos that come while it is open, also after a restart.

import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { server } from '../lib/cvat.js';
import { PHOTOS, ROOT, Window, relook, reviewable, scratch } from '../lib/window.js';

const folder = scratch();
const into = path.join(folder, 'watched-photos');

describe('a watched folder', function () {
  let window;
  let project;
  let cvat;

  before(async () => {
    project = reviewable(folder, 'watched', ['dog.jpg']);
    cvat = await server();
    // Where tests run the keyring is locked, or there is none.
    process.env.RELOOK_CVAT_TOKEN = cvat.token;
    // A CVAT project that has the labels.
    const other = reviewable(folder, 'other', ['dog.jpg']);
    relook(folder, 'cvat', 'connect', 'straight', cvat.inner);
    relook(folder, 'cvat', 'push', other, 'straight', '--new-project', 'harbour');
    relook(folder, 'cvat', 'connect', 'straight', '--forget');
    window = await Window.open(folder, project);
    // Whether a box of it is in doubt is up to the models.
    await window.shown('step-images');
  });

  after(async () => {
    await window?.close();
    delete process.env.RELOOK_CVAT_TOKEN;
    cvat?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(function () {
    if (this.currentTest.state === 'failed') window?.screenshot(path.join(ROOT, 'tests/e2e/out/failed.png'));
  });

  const counts = () => relook(folder, 'status', project).project.counts;
  const shownImages = async () => (await window.text('step-images')).match(/\d+/)?.[0];

  /** A photo that comes in is drafted and looked at again, and the window shows it without being asked to. */
  async function arrives(photo, images) {
    copyFileSync(path.join(PHOTOS, photo), path.join(into, photo));
    await window.until(() => counts().looked === images, `${photo} does not get its second look`, 60000);
    await window.until(async () => (await shownImages()) === String(images), `${photo} is not shown`);
    await window.click('step-images');
    await window.shown('image-row');
    const rows = async () => window.browser.execute("return document.querySelector('[data-testid=\"image-list\"]').textContent");
    await window.until(async () => (await rows()).includes(photo), `${photo} is not in the list`);
  }

  it('is set by a switch that says what it does', async () => {
    await window.click('project-menu');
    const watch = await window.shown('watch-1');
    assert.match(await watch.getAttribute('aria-label'), /watched-photos/);
    await window.click('watch-1');
    await window.until(() => relook(folder, 'status', project).project.folders[0].watched, 'the switch is not saved');
    assert.match(await window.text('project-panel'), /Watching: new photos are drafted as they come/);
    window.screenshot(path.join(ROOT, 'tests/e2e/out/watch-panel.png'));
    await window.press('Escape');
  });

  it('takes in what comes, drafts it and puts it into the queue', async () => {
    await arrives('bar55.jpg', 2);
    await window.click('step-review');
    const boxes = relook(folder, 'queue', project, '--limit', '100').items;
    assert.ok(boxes.some((box) => box.path === 'bar55.jpg'), 'nothing of it waits for a person');
    await window.until(async () => (await window.text('step-review')).includes(String(boxes.length)), 'the queue is not shown anew');
  });

  /** The sizes of the tasks that the watch made; none is there but they and the other project's. */
  const sent = async () => (await cvat.tasks()).slice(1).map(({ size }) => size);
  const status = (words) =>
    window.until(async () => (await window.text('send-on-status')).includes(words), `it does not say: ${words}`, 60000);

  it('sends what comes on to a CVAT project, once, also after a power cut', async () => {
    const [harbour] = await cvat.projects();
    await window.click('project-menu');
    await window.click('send-on-connect');
    await window.type('connection-name', 'home');
    await window.type('connection-url', cvat.url);
    await window.click('connection-add');
    await window.shown('connection-good');
    await window.click('connections-close');
    await window.type('send-on-project', String(harbour.id));
    await window.click('send-on-switch');
    await status('2 photos sent so far, in 1 task');
    assert.deepEqual(await sent(), [2]);
    assert.equal(relook(folder, 'settings', project).send_new, `home/${harbour.id}`);
    window.screenshot(path.join(ROOT, 'tests/e2e/out/watch-send.png'));
    await window.press('Escape');

    cvat.door.shutAt = /^PATCH .*\/data\/1_/;
    copyFileSync(path.join(PHOTOS, 'giraffe.jpg'), path.join(into, 'giraffe.jpg'));
    await window.until(() => cvat.door.met > 0, 'the new photo is not sent', 60000);
    await window.kill();
    cvat.door.shutAt = null;
    window = await Window.open(folder, project);
    await window.click('project-menu');
    await status('3 photos sent so far, in 2 tasks');
    assert.deepEqual(await sent(), [2, 1]);
    await window.click('send-on-switch');
    await window.until(() => relook(folder, 'settings', project).send_new === 'off', 'the switch is not saved');
    await window.press('Escape');
  });

  it('goes on after a restart, and stops when it is switched off', async () => {
    await window.kill();
    window = await Window.open(folder, project);
    await arrives('eagle.jpg', 4);
    await window.click('project-menu');
    await window.click('watch-1');
    await window.until(() => !relook(folder, 'status', project).project.folders[0].watched, 'the switch is not saved');
    await window.press('Escape');
    copyFileSync(path.join(PHOTOS, 'person.jpg'), path.join(into, 'person.jpg'));
    // Longer than a file has to be still.
    await new Promise((done) => setTimeout(done, 4000));
    assert.equal(counts().images, 4);
    assert.deepEqual(await sent(), [2, 1], 'nothing is sent that nobody asked for');
  });
});
