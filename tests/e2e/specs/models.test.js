// A detector of the user's own comes in through the real window: read, tried on a photo, corrected, added, drafted with.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { PHOTOS, ROOT, Window, annotations, relook, scratch, story } from '../lib/window.js';

const folder = scratch();
const photos = ['dog.jpg', 'horses.jpg'];
const HEADS = path.join(ROOT, 'src-tauri/crates/relook-vision/tests/fixtures/graphs/heads');

describe('models of your own', function () {
  let window;
  const project = path.join(folder, 'yard.relook');
  const street = path.join(folder, 'street.onnx');
  const odd = path.join(folder, 'odd.onnx');
  const sizes = path.join(folder, 'sizes.onnx');

  story(folder, () => window, async () => {
    copyFileSync(path.join(ROOT, 'models/yolov8n/yolov8n.onnx'), street);
    copyFileSync(path.join(HEADS, 'yolox.onnx'), odd);
    copyFileSync(path.join(HEADS, 'detr_postprocessed-height_width.onnx'), sizes);
    writeFileSync(path.join(folder, 'garbage.onnx'), 'no graph at all');
    const pictures = path.join(folder, 'photos');
    mkdirSync(pictures);
    for (const photo of photos) symlinkSync(path.join(PHOTOS, photo), path.join(pictures, photo));
    writeFileSync(path.join(folder, 'labels.txt'), 'person\nhorse\nhound\n');
    relook(folder, 'new', project, '--labels', path.join(folder, 'labels.txt'));
    relook(folder, 'add', project, pictures);
    window = await Window.open(folder, project);
    await window.shown('shell');
  });

  const known = (what) => window.id(`model-row-${what}`).getAttribute('data-from');
  const idle = () =>
    window.until(async () => (await window.id('model-photo').getAttribute('aria-busy')) === 'false', 'the wizard does not come to rest', 60000);
  const boxes = () =>
    window.browser.execute(() => [...document.querySelectorAll('[data-testid="model-box"]')].map((box) => box.textContent.trim()));
  const pick = async (testid, value) => {
    await (await window.shown(testid)).selectByAttribute('value', value);
    await idle();
  };
  const open = async (file) => {
    await window.type('model-file', file);
    await window.shown('model-ports');
    await idle();
  };
  /** As a person types it: a new line is a key. */
  const names = async (...lines) => {
    await window.type('model-list-names', lines[0]);
    for (const line of lines.slice(1)) {
      await window.press('Enter');
      await window.id('model-list-names').addValue(line);
    }
    await idle();
  };
  /** All of it, also what is scrolled out of view or cut short. */
  const whole = async (testid) => (await (await window.shown(testid)).getProperty('textContent')).replace(/\s+/g, ' ');
  const list = (name) => relook(folder, 'models', 'list').find((model) => model.name === name);

  it('says of a file that is no graph what is wrong with it', async () => {
    await window.click('step-draft');
    await window.click('run-add-model');
    await window.type('model-file', path.join(folder, 'garbage.onnx'));
    await window.until(async () => /garbage\.onnx could not be read as an ONNX graph/.test(await window.text('model-error')), 'nothing is said', 20000);
    assert.equal(await window.id('model-add').isEnabled(), false);
    await window.type('model-file', path.join(folder, 'nowhere.onnx'));
    await window.until(async () => /There is no ONNX file .*nowhere\.onnx/.test(await window.text('model-error')), 'a file that is not there is not named');
  });

  it('reads a graph, and shows what it sees on the photo', async () => {
    await open(street);
    assert.match(await window.text('model-ports'), /images.*\[1, 3, 640, 640\].*\[1, 84, 8400\]/);
    assert.equal(await known('head'), 'file');
    assert.equal(await known('labels'), 'file');
    assert.equal(await known('values'), 'guess');
    const seen = await boxes();
    assert.ok(seen.some((box) => box.startsWith('dog ')), seen.join());
    const drawn = await window.browser.execute(() => {
      const photo = document.querySelector('[data-testid="model-photo"] .frame img');
      return photo.complete && photo.naturalWidth > 0;
    });
    assert.equal(drawn, true, 'the photo is not there');
    await window.click('model-next');
    await window.until(async () => (await boxes()).some((box) => box.startsWith('horse ')), 'the next photo shows no horses');
    await window.click('model-previous');
    await window.until(async () => (await boxes()).some((box) => box.startsWith('dog ')), 'the dog does not come back');
  });

  it('shows a wrong guess on the photo, and the way back', async () => {
    const right = await boxes();
    await pick('model-values', 'raw');
    assert.notDeepEqual(await boxes(), right);
    assert.equal(await known('values'), 'you');
    await window.click('model-back-values');
    await idle();
    assert.deepEqual(await boxes(), right);
  });

  it('makes its labels those of the project', async () => {
    await window.click('model-tab-labels');
    assert.match(await window.text('model-lacking'), /78 labels are not in the project/);
    await window.type('model-search', 'dog');
    const dog = await window.shown('model-class-16');
    assert.equal(await dog.getAttribute('data-state'), 'lacks');
    await pick('model-map-16', 'to:hound');
    await window.until(async () => (await boxes()).some((box) => box.startsWith('hound ')), 'the box keeps its name');
    assert.equal(await dog.getAttribute('data-state'), 'in');
    await window.type('model-search', 'bicycle');
    await window.click('model-create-1');
    await window.until(async () => (await window.id('model-class-1').getAttribute('data-state')) === 'in', 'the label is not made');
    assert.ok(relook(folder, 'status', project).project.labels.some(({ name }) => name === 'bicycle'));
  });

  it('saves nothing before it is told to, and then a card that drafts', async () => {
    assert.equal(list('street'), undefined);
    await window.click('model-tab-card');
    await window.type('model-name', 'yolov8n');
    await window.until(async () => /There is a model "yolov8n" already; choose another name/.test(await whole('model-row-name')), 'a name that is taken is not told');
    assert.equal(await window.id('model-add').isEnabled(), false);
    await window.click('model-back-name');
    await idle();
    await window.type('model-licence', 'AGPL-3.0-only');
    await idle();
    await window.click('model-add');
    await window.shown('model-added', 60000);
    const { head, licence, present } = list('street');
    assert.deepEqual([head, licence, present], ['yolo_dense', 'AGPL-3.0-only', true]);
    await window.click('model-use-draft');
    assert.equal(await (await window.shown('run-model')).getValue(), 'street');
    await window.click('run-start');
    await window.until(() => relook(folder, 'status', project).project.counts.drafted === 2, 'nothing is drafted', 60000);
    const names = new Map(relook(folder, 'status', project).project.labels.map(({ id, name }) => [id, name]));
    const drafted = [...annotations(folder, project, photos).values()].map(({ label }) => names.get(label) ?? label);
    assert.ok(drafted.includes('hound') && drafted.includes('horse'), drafted.join());
  });

  it('lets the head and the labels of a bare graph be said', async () => {
    await window.press('Control', 'Shift', 'm');
    await open(odd);
    assert.equal(await known('head'), 'guess');
    assert.equal(await known('labels'), 'guess');
    await pick('model-list', 'names');
    await names('horse', '-', 'person');
    await window.until(async () => /2: horse, person/.test(await whole('model-to-labels')), 'the list is not taken');
    assert.equal(await window.id('model-channels').getValue(), 'bgr');
    await pick('model-head', 'yolo_objectness');
    assert.equal(await known('head'), 'you');
    assert.equal(await window.id('model-channels').getValue(), 'rgb', 'what is guessed by the head does not follow it');
    assert.ok((await boxes()).every((box) => /^(horse|person) /.test(box)));
    await pick('model-head', 'detr');
    await window.until(async () => /fit no head/.test(await whole('model-row-head')), 'a head that does not fit is not told');
    assert.equal(await window.id('model-add').isEnabled(), false);
    await window.click('model-back-head');
    await idle();
    await names('horse', 'person');
    await window.until(async () => /scores 3 labels and you name 2/.test(await whole('model-row-labels')), 'too few labels are not told');
  });

  it('asks in which order a graph wants the size of the photo', async () => {
    await open(sizes);
    await pick('model-list', 'names');
    await names('horse', '-', 'person');
    assert.equal(await known('sizes'), 'guess');
    const guessed = await window.browser.execute(() => [...document.querySelectorAll('[data-testid="model-box"]')].map((box) => box.style.cssText));
    await pick('model-sizes', 'height_width');
    assert.equal(await known('sizes'), 'you');
    const told = await window.browser.execute(() => [...document.querySelectorAll('[data-testid="model-box"]')].map((box) => box.style.cssText));
    assert.notDeepEqual(told, guessed);
    await window.press('Escape');
  });
});
