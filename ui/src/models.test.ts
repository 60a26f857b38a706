import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { language } from './shared/i18n/index.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;

const click = async (testid: string): Promise<void> => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
};
const text = (testid: string) => (screen.getByTestId(testid).textContent ?? '').replace(/\s+/g, ' ').trim();
const row = (what: string) => screen.getByTestId(`model-row-${what}`);
const from = (what: string) => row(what).dataset['from'];
const addButton = () => screen.getByTestId<HTMLButtonElement>('model-add');
/** Until the last question is answered. */
const answered = async (): Promise<void> => {
  await settled();
  await waitFor(() => expect(app.adding.busy).toBe(false));
  await settled();
};
const set = async (testid: string, value: string): Promise<void> => {
  const field = screen.getByTestId<HTMLInputElement>(testid);
  await (field.tagName === 'SELECT' || field.type === 'number'
    ? fireEvent.change(field, { target: { value } })
    : fireEvent.input(field, { target: { value } }));
  await answered();
};
const open = async (file: string): Promise<void> => {
  await key('Ctrl+Shift+m');
  await set('model-file', file);
};
const boxes = () => screen.queryAllByTestId('model-box');
const tries = () => api.sent.filter((command) => command === 'model_try').length;

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});

describe('adding a model', () => {
  it('tells apart what the file says and what is guessed, and shows what it sees', async () => {
    await open('/x/street.onnx');
    expect([from('head'), from('size'), from('labels')]).toEqual(['file', 'file', 'file']);
    expect([from('channels'), from('values'), from('resize'), from('nms_iou'), from('licence')]).toEqual(
      Array(5).fill('guess'),
    );
    expect(row('values').textContent).toContain('as the tools that export this head have it');
    expect(text('model-status')).toMatch(/^5 guesses/);
    expect(text('model-ports')).toContain('[1, 84, 8400]');
    expect(boxes().length).toBeGreaterThan(0);
    expect(api.sent).not.toContain('model_add');
  });

  it('hides weak boxes without asking anew', async () => {
    await open('/x/street.onnx');
    const [all, asked] = [boxes().length, tries()];
    await fireEvent.input(screen.getByTestId('model-score'), { target: { value: '0.87' } });
    await settled();
    expect(boxes().length).toBeLessThan(all);
    expect(text('model-seen')).toMatch(/^\d+ of \d+ boxes$/);
    expect(tries()).toBe(asked);
  });

  it('asks once for several changes, and never shows the boxes of one photo on another', async () => {
    await open('/x/street.onnx');
    const asked = tries();
    await fireEvent.change(screen.getByTestId('model-channels'), { target: { value: 'bgr' } });
    await fireEvent.change(screen.getByTestId('model-resize'), { target: { value: 'stretch' } });
    await answered();
    expect(tries()).toBe(asked + 1);
    expect([from('channels'), from('resize')]).toEqual(['you', 'you']);
    const { modelTry } = api;
    let answer = (): void => undefined;
    api.modelTry = (add) =>
      new Promise((done) => {
        answer = () => done(modelTry(add));
      });
    const other = screen.getAllByTestId('model-thumb').filter((thumb) => !thumb.matches('.on')).at(-1);
    await fireEvent.click(other as HTMLElement);
    await waitFor(() => expect(app.adding.isTried).toBe(false));
    expect(boxes()).toHaveLength(0);
    await waitFor(() => {
      answer();
      expect(app.adding.busy).toBe(false);
    });
    api.modelTry = modelTry;
    await answered();
    expect(boxes().length).toBeGreaterThan(0);
    await click('model-back-channels');
    await answered();
    expect(from('channels')).toBe('guess');
  });

  it('overrules a guess of the head, with those that fit first', async () => {
    await open('/x/bare.onnx');
    expect(from('head')).toBe('guess');
    expect(boxes()).toEqual([]);
    const groups = [...screen.getByTestId('model-head').querySelectorAll('optgroup')];
    expect([...(groups[0]?.children ?? [])].map((one) => (one as HTMLOptionElement).value)).toEqual([
      'yolo_dense',
      'yolo_objectness',
    ]);
    await set('model-head', 'yolo_objectness');
    expect(from('head')).toBe('you');
    expect(boxes().length).toBeGreaterThan(0);
  });

  it('makes each class a label of the project, leaves it out, or adds what is lacking', async () => {
    await open('/x/street.onnx');
    expect(text('model-tab-labels')).toBe('Labels (4, 1 new)');
    await click('model-tab-labels');
    const states = () => [0, 1, 2, 3].map((at) => screen.getByTestId(`model-class-${at}`).dataset['state']);
    expect(states()).toEqual(['in', 'in', 'lacks', 'out']);
    expect(text('model-class-3')).toContain('(no class)');
    await set('model-map-2', 'to:truck');
    expect(states()[2]).toBe('in');
    await set('model-map-2', 'keep');
    await set('model-map-0', 'out');
    expect(states()).toEqual(['out', 'in', 'lacks', 'out']);
    await click('model-create-2');
    await answered();
    expect(states()[2]).toBe('in');
    expect(api.project().labels.some(({ name }) => name === 'crane')).toBe(true);
    await fireEvent.input(screen.getByTestId('model-search'), { target: { value: 'car' } });
    await settled();
    expect(screen.queryByTestId('model-class-0')).toBeNull();
  });

  it('takes labels from a list, typed here too, and forgets renames of another list', async () => {
    await open('/x/bare.onnx');
    expect(from('labels')).toBe('guess');
    await click('model-tab-labels');
    await set('model-map-0', 'to:horse');
    await click('model-tab-card');
    await set('model-list', 'names');
    expect(screen.getByTestId<HTMLTextAreaElement>('model-list-names').value).toBe('class_0\nclass_1\nclass_2');
    await set('model-list-names', 'dog\n-\ncat');
    expect(app.adding.classes).toMatchObject([{ name: 'dog' }, { name: '' }, { name: 'cat' }]);
    expect(app.adding.rename.size).toBe(0);
    await set('model-list', 'coco80');
    expect(app.adding.classes).toHaveLength(80);
  });

  it('says what is in the way where it is mended', async () => {
    await open('/x/missing.onnx');
    expect(text('model-error')).toContain('There is no ONNX file /x/missing.onnx');
    expect(addButton().disabled).toBe(true);
    await set('model-file', '/x/garbage.onnx');
    expect(text('model-error')).toContain('could not be read as an ONNX graph');
    await set('model-file', '/x/nan.onnx');
    expect(row('values').textContent).toContain('no numbers (NaN)');
    expect(text('model-status')).toContain('One thing is in the way');
    await set('model-values', 'imagenet');
    expect(addButton().disabled).toBe(false);
    await set('model-name', 'yolov8n');
    expect(row('name').textContent).toContain('choose another name');
    expect(row('name').textContent).not.toContain('--');
    expect(screen.queryByTestId('model-replace')).toBeNull();
    await set('model-name', 'mine');
    expect(addButton().disabled).toBe(true);
    await click('model-replace');
    await answered();
    expect(addButton().disabled).toBe(false);
  });

  it('is added, chosen for a pass, and to be started there', async () => {
    await open('/x/street.onnx');
    await click('model-add');
    await waitFor(() => screen.getByTestId('model-added'));
    expect(text('model-added')).toContain('street was added');
    await click('model-use-second_look');
    expect(app.overlay).toBe('second_look');
    expect(app.project.view?.settings.second_look_model).toBe('street');
    expect(screen.getByTestId<HTMLSelectElement>('run-model').value).toBe('street');
    expect(api.sent).toContain('model_try_end');
    await click('run-add-model');
    expect(screen.getByTestId<HTMLInputElement>('model-file').value).toBe('');
  });

  it('is offered where models are chosen, and opens on a graph that is dropped; then a photo is one to try', async () => {
    await click('step-draft');
    await click('run-add-model');
    expect(app.overlay).toBe('model');
    await key('Escape');
    api.drop({ kind: 'drop', paths: ['/x/Street.ONNX'] });
    await answered();
    expect(screen.getByTestId<HTMLInputElement>('model-file').value).toBe('/x/Street.ONNX');
    api.drop({ kind: 'drop', paths: ['/y/holiday.jpg'] });
    await answered();
    expect(app.adding.photo).toEqual({ file: '/y/holiday.jpg' });
    expect(api.sent).not.toContain('job:scan');
  });

  it('keeps what was said when the dialog is closed by mistake, and forgets it with the file', async () => {
    await open('/x/street.onnx');
    await set('model-channels', 'bgr');
    await key('Escape');
    expect(app.overlay).toBeNull();
    await key('Ctrl+Shift+m');
    await answered();
    expect(from('channels')).toBe('you');
    await set('model-file', '/x/bare.onnx');
    expect(from('channels')).toBe('guess');
  });

  it('speaks Bahasa Indonesia, reasons and errors too', async () => {
    language.choose('id');
    try {
      await open('/x/bare.onnx');
      expect(row('channels').textContent).toContain('seperti yang dibuat');
      expect(row('labels').textContent).not.toContain('the graph');
      await set('model-name', 'yolov8n');
      expect(row('name').textContent).toContain('Sudah ada model');
    } finally {
      language.choose('en');
    }
  });
});
