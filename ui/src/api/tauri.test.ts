import { clearMocks, mockConvertFileSrc, mockIPC } from '@tauri-apps/api/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ApiError, type Api } from './api';
import { ANY, WAITING } from './filter';
import { tauriApi } from './tauri';

type Call = { command: string; args: unknown };
let calls: Call[] = [];
let api: Api;

beforeEach(() => {
  calls = [];
  mockConvertFileSrc('linux');
  mockIPC((command, args) => {
    calls.push({ command, args });
    if (command === 'project_open') throw { code: 'not_found', message: 'There is no file x' };
    return null;
  });
  api = tauriApi();
});
afterEach(() => clearMocks());

describe('the engine behind Tauri', () => {
  const filter = { text: '', status: null };
  it.each<[(api: Api) => Promise<unknown>, string, unknown]>([
    [(a) => a.projectCreate('/p.relook', 'coco80'), 'project_create', { path: '/p.relook', labels: 'coco80' }],
    [(a) => a.projectView(), 'project_view', {}],
    [(a) => a.labelAdd('cat'), 'label_add', { name: 'cat' }],
    [(a) => a.imagesPage(filter, 200, 200), 'images_page', { filter, offset: 200, limit: 200 }],
    [(a) => a.imagePosition(7, filter), 'image_position', { id: 7, filter }],
    [
      (a) => a.boxesPage(WAITING, 'by_label', 3, 50),
      'boxes_page',
      { filter: WAITING, order: 'by_label', offset: 3, limit: 50 },
    ],
    [(a) => a.historyGo(3), 'history_go', { step: 3 }],
    [(a) => a.labelDelete(3, null), 'label_delete', { id: 3, into: null }],
    [
      (a) => a.reviewAct({ do: 'accept', id: 1, revision: 2 }),
      'review_act',
      { action: { do: 'accept', id: 1, revision: 2 } },
    ],
    [(a) => a.bulkPreview(ANY, 'reject'), 'bulk_preview', { filter: ANY, verb: 'reject' }],
    [(a) => a.jobStart({ job: 'scan', folders: ['/x'] }), 'job_start', { request: { job: 'scan', folders: ['/x'] } }],
    [(a) => a.runtimeUse('auto'), 'runtime_use', { what: 'auto' }],
    [(a) => a.reveal('/x'), 'reveal', { path: '/x' }],
  ])('sends %s', async (ask, command, args) => {
    await ask(api);
    expect(calls).toEqual([{ command, args }]);
  });

  it('turns a refusal into an error with its code', async () => {
    const thrown = await api.projectOpen('x').catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ApiError);
    expect(thrown).toMatchObject({ code: 'not_found', message: 'There is no file x' });
  });

  it('leaves the slashes of photo addresses alone and tells projects apart', async () => {
    expect(api.imageUrl(5)).toBe('relook://localhost/image/5?p=0');
    await api.projectCreate('/p.relook', 'empty');
    expect(api.thumbUrl(5)).toBe('relook://localhost/thumb/5?p=1');
    expect(api.cropUrl({ id: 9, revision: 2 })).toBe('relook://localhost/crop/9/128?p=1&r=2');
  });
});
