// An engine in memory, for the tests and for looking at the window in a plain browser.

import { ApiError, type Api, type DropEvent } from '../api';
import { ANY } from '../filter';
import type { DoctorView, Event, ExportRequest, ExportSummary, JobRequest, JobView, ModelView, Rect } from '../types';
import { addModel, tryModel } from './adding';
import { MockCvat } from './cvat';
import { evaluation, importReport, learnt, lintReport } from './exchange';
import { MockJobs } from './jobs';
import { bareLabel, COCO80, labelsFrom } from './labels';
import { MockProject } from './project';
import { MockRuntimes } from './runtimes';
import { drawnScenes, lentScenes, paint, type Scene } from './scene';

export type MockStart = 'none' | 'empty' | 'new' | 'drafted' | 'ready' | 'done';

export type MockOptions = {
  start: MockStart;
  scenes: Scene[];
  /** Milliseconds between ticks of a job; 0 does all in one. */
  tick: number;
  /** Milliseconds before a command answers. */
  delay: number;
};

/** The mock with handles that tests pull. */
export type MockApi = Api & {
  project: () => MockProject;
  cvat: MockCvat;
  /** The next `reviewAct` fails with this. */
  failNext: (code: string, message: string) => void;
  /** Commands sent so far, in order. */
  readonly sent: string[];
  drop: (event: DropEvent) => void;
};

const MODELS: ModelView[] = [
  ['yolov8n', 'Small and fast: drafts every image', 12_800_000, true],
  ['yolov8s', 'Between the two', 44_900_000, false],
  ['yolov8m', 'Larger and slower: takes the second look', 103_600_000, true],
].map(([name, summary, bytes, present]) => ({
  name: String(name),
  summary: String(summary),
  licence: 'AGPL-3.0-only',
  author: 'Ultralytics',
  head: 'yolo_dense',
  input: '640 × 640',
  bytes: Number(bytes),
  sha256: '31f5'.repeat(16),
  present: Boolean(present),
  path: `models/${String(name)}/${String(name)}.onnx`,
}));

export function mockApi(options: MockOptions): MockApi {
  const { scenes, tick, delay } = options;
  let project: MockProject | null = null;
  let listener: ((event: Event) => void) | null = null;
  let dropped: ((event: DropEvent) => void) | null = null;
  let failure: ApiError | null = null;
  let mended = false;
  const sent: string[] = [];
  const models = MODELS.map((model) => ({ ...model }));
  const photos = new Map<string, string>();
  const recent = [
    {
      name: 'crossroads',
      path: '/home/you/photos/crossroads.relook',
      opened_at: Date.now() / 1000 - 5400,
      exists: true,
    },
    {
      name: 'harbour-2025',
      path: '/home/you/photos/harbour-2025.relook',
      opened_at: Date.now() / 1000 - 259200,
      exists: true,
    },
    { name: 'old-drive', path: '/media/usb/old-drive.relook', opened_at: Date.now() / 1000 - 3e6, exists: false },
  ];

  const tell = (event: Event) => listener?.(event);
  const runtimes = new MockRuntimes();
  const jobs = new MockJobs((job: JobView) => {
    tell({ event: 'job', job });
    tell({ event: 'changed', outside: false });
  }, tick);

  const open = (start: MockStart, path = '/home/you/photos/crossroads.relook', names = COCO80) => {
    const opened = new MockProject(path, labelsFrom(names));
    if (start !== 'empty') opened.addFolder('/home/you/photos/crossroads', scenes);
    if (start === 'drafted' || start === 'ready' || start === 'done') {
      opened.undrafted().forEach((id) => opened.draftOne(id));
    }
    if (start === 'ready' || start === 'done') {
      const last = opened.images.size;
      if (last > 20) opened.break(last, 'Not a readable JPEG: the file ends early');
      opened.unlooked().forEach((id) => opened.lookOne(id));
    }
    if (start === 'done') {
      for (const view of [...opened.images.values()]) {
        opened.put({
          ...view,
          annotations: view.annotations.map((a, n) =>
            a.standing === 'doubtful' ? { ...a, state: n % 5 ? 'accepted' : 'rejected' } : a,
          ),
        });
        const now = opened.need(view.image.id);
        if (now.image.status === 'waiting') opened.put({ ...now, image: { ...now.image, status: 'done' } });
      }
    }
    project = opened;
    return opened;
  };
  if (options.start !== 'none') open(options.start);

  const need = (): MockProject => {
    if (!project) throw new ApiError({ code: 'no_project', message: 'No project is open' });
    return project;
  };
  const cvat = new MockCvat(need);
  const answer = async <T>(name: string, make: () => T): Promise<T> => {
    sent.push(name);
    if (delay > 0) await new Promise((done) => setTimeout(done, delay));
    return make();
  };
  const writing = <T>(name: string, make: () => T): Promise<T> =>
    answer(name, () => {
      if (failure) {
        const thrown = failure;
        failure = null;
        throw thrown;
      }
      const made = make();
      tell({ event: 'changed', outside: false });
      return made;
    });

  const start = (request: JobRequest): JobView => {
    const p = need();
    if (request.job === 'scan') {
      request.folders.forEach((folder) => p.addFolder(folder, scenes));
      const total = p.images.size;
      return jobs.start({
        kind: 'scan',
        phase: 'Listing images',
        device: null,
        total,
        rate: 4000,
        step: () => null,
        finish: () => `Found ${total} images`,
      });
    }
    if (request.job === 'fetch_models') {
      const found = models.filter((m) => request.names.includes(m.name));
      const total = found.reduce((sum, m) => sum + m.bytes, 0) / 1e6;
      return jobs.start({
        kind: 'fetch_models',
        phase: `Fetching ${request.names.join(', ')}`,
        device: null,
        total,
        rate: 20,
        step: () => null,
        finish: () => {
          found.forEach((m) => {
            m.present = true;
          });
          return `Fetched ${request.names.join(', ')}`;
        },
      });
    }
    if (request.job === 'install_runtime') {
      return jobs.start({
        kind: 'install_runtime',
        phase: `Fetching ${request.kind} (MIT)`,
        device: null,
        total: runtimes.bytes(request.kind),
        rate: 40e6,
        step: () => null,
        finish: () => {
          runtimes.install(request.kind);
          return `Ready: ${request.kind}; restart Relook to use it`;
        },
      });
    }
    if (request.job === 'export') {
      const { out } = request.request;
      return jobs.start({
        kind: 'export',
        phase: 'Writing',
        device: null,
        total: p.images.size,
        rate: 60,
        step: () => null,
        finish: () => `Wrote ${out}`,
      });
    }
    if (request.job === 'import') {
      const { options } = request;
      return jobs.start({
        kind: 'import',
        phase: `Importing ${options.path}`,
        device: null,
        total: 4,
        rate: 60,
        step: () => null,
        finish: () => '26 boxes imported',
        report: () => ({ of: 'import', report: importReport(options, 7) }),
      });
    }
    if (request.job === 'cvat_push' || request.job === 'cvat_pull') {
      const work = { device: null, total: 4, rate: 60, step: () => null };
      if (request.job === 'cvat_push') {
        const finish = () => 'Images and shapes in task 1: 12 and 60, read back as they were sent';
        const report = () => ({ of: 'cvat_push' as const, report: cvat.push(request.push) });
        return jobs.start({ ...work, kind: 'cvat_push', phase: 'Sending the photos', finish, report });
      }
      const report = () => ({ of: 'cvat_pull' as const, taken: cvat.take(request.take) });
      return jobs.start({ ...work, kind: 'cvat_pull', phase: 'Comparing', finish: () => '2 boxes taken over from CVAT', report });
    }
    const drafting = request.job === 'draft';
    const ids = drafting ? p.undrafted() : p.unlooked();
    const model = request.model ?? (drafting ? p.settings.draft_model : p.settings.second_look_model);
    const device = request.device ?? p.settings.device;
    const absent = device !== 'auto' && device !== 'cpu';
    return jobs.start({
      kind: request.job,
      phase: drafting ? 'Drafting' : 'Taking a second look',
      device: `${model} on CPU, 2 sessions of 1 thread`,
      total: ids.length,
      rate: drafting ? 9 : 4,
      step: (n) => {
        const id = ids[n] ?? 0;
        if (drafting) p.draftOne(id);
        else p.lookOne(id);
        return n === 5 ? `${p.need(id).image.path}: skipped, the file ends early` : null;
      },
      finish: () => `${drafting ? 'Drafted' : 'Looked at'} ${ids.length} images`,
      ...(absent
        ? {
            failure: {
              message:
                'CUDA was asked for, but no NVIDIA driver answers on this machine. Install the driver, or run on the CPU.',
              fallback: 'cpu',
            },
          }
        : {}),
    });
  };

  const flaws = () => {
    const { errors, mendable } = lintReport(need(), mended);
    return { errors, mendable };
  };
  const summary = (request: ExportRequest): ExportSummary => {
    const p = need();
    const by = new Map<string, number>();
    let [boxes, reviewed, settled, undecided] = [0, 0, 0, 0];
    for (const a of [...p.images.values()].flatMap((v) => v.annotations)) {
      const decided = a.state === 'accepted' || a.state === 'fixed';
      const stands = decided || (a.state === 'pending' && a.standing !== 'withdrawn');
      if (!stands || (request.include === 'reviewed' && !decided)) continue;
      boxes += 1;
      if (decided) reviewed += 1;
      else if (a.standing === 'settled') settled += 1;
      else undecided += 1;
      const name = p.labels.find((l) => l.id === a.label)?.name ?? '?';
      by.set(name, (by.get(name) ?? 0) + 1);
    }
    const unreadable = p.counts().problems;
    const findings = unreadable > 0 ? [`${unreadable} image could not be read and is left out`] : [];
    return {
      out: request.out,
      images: p.images.size - unreadable,
      boxes,
      by_label: [...by].sort((a, b) => b[1] - a[1]),
      reviewed,
      settled,
      undecided,
      unreadable,
      ...(request.format === 'cvat-images' ? flaws() : { errors: 0, mendable: 0 }),
      findings,
    };
  };

  const doctor = (): DoctorView => ({
    version: '0.1.0',
    runtime: '1.31.1',
    runtime_path: '/home/you/relook/runtime/libonnxruntime.so.1.31.1',
    runtime_problem: null,
    devices: [
      { device: 'cpu', available: true, reason: 'x86-64, 8 cores' },
      {
        device: 'cuda',
        available: false,
        reason: 'No NVIDIA driver answers. Install the driver and the CUDA build of ONNX Runtime.',
      },
    ],
    auto_device: 'CPU: no other device can be used here',
    models: models.map((m) => ({ ...m })),
      runtimes: runtimes.view(),
    cores: 8,
  });

  const crop = (rect: Rect, { width, height }: Scene): Rect => {
    const half = Math.max(rect.x2 - rect.x1, rect.y2 - rect.y1, 24) * 0.65;
    const [x, y] = [(rect.x1 + rect.x2) / 2, (rect.y1 + rect.y2) / 2];
    return {
      x1: Math.max(0, x - half),
      y1: Math.max(0, y - half),
      x2: Math.min(width, x + half),
      y2: Math.min(height, y + half),
    };
  };
  const drawn = (key: string, make: () => string): string => {
    const known = photos.get(key) ?? make();
    photos.set(key, known);
    return known;
  };
  const photo = (id: number, side?: number): string => {
    const scene = project?.scenes.get(id);
    if (!scene) return '';
    return scene.url ?? drawn(`${id}/${side ?? 0}`, () => paint(scene, undefined, side));
  };

  return {
    sent,
    project: need,
    cvat,
    failNext: (code, message) => {
      failure = new ApiError({ code, message });
    },
    drop: (event) => dropped?.(event),
    recentProjects: () => answer('recent_projects', () => recent.map((r) => ({ ...r }))),
    forgetRecent: (path) =>
      answer('forget_recent', () => {
        recent.splice(
          recent.findIndex((r) => r.path === path),
          1,
        );
      }),
    projectCreate: (path, labels) =>
      answer('project_create', () => {
        if (!path.startsWith('/'))
          throw new ApiError({ code: 'failed', message: `"${path}" is not a full path; begin with /` });
        const names =
          labels === 'coco80' ? COCO80 : labels === 'empty' ? [] : labels.split('\n').filter((name) => name !== '');
        return open('empty', path, names).view();
      }),
    projectOpen: (path) =>
      answer('project_open', () => {
        if (path.includes('missing')) throw new ApiError({ code: 'not_found', message: `There is no file ${path}` });
        return open('ready', path).view();
      }),
    projectClose: () =>
      answer('project_close', () => {
        project = null;
      }),
    projectView: () => answer('project_view', () => project?.view() ?? null),
    settingsSave: (settings) =>
      answer('settings_save', () => {
        need().settings = { ...settings };
        return need().view();
      }),
    folderWatch: (id, on) =>
      writing('folder_watch', () => {
        need().folders.forEach((folder) => (folder.watched = folder.id === id ? on : folder.watched));
        return need().view();
      }),
    labelAdd: (name) =>
      answer('label_add', () => {
        const p = need();
        const id = Math.max(0, ...p.labels.map((l) => l.id)) + 1;
        return p.saveLabel({ ...bareLabel(id, name), id: 0 });
      }),
    labelSave: (label) => answer('label_save', () => need().saveLabel(label)),
    labelDelete: (id, into) => answer('label_delete', () => need().deleteLabel(id, into)),
    track: (id) => answer('track', () => need().track(id)),
    labelUse: (id) => answer('label_use', () => need().labelUse(id)),
    imagesPage: (filter, offset, limit) =>
      answer('images_page', () => {
        const rows = need().rows(filter);
        return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
      }),
    imagePosition: (id, filter) =>
      answer('image_position', () => {
        const at = need()
          .rows(filter)
          .findIndex((r) => r.id === id);
        return at < 0 ? null : at;
      }),
    imageView: (id) => answer('image_view', () => need().need(id)),
    boxesPage: (filter, order, offset, limit) =>
      answer('boxes_page', () => need().boxes(filter, order, offset, limit)),
    filters: () => answer('filters', () => need().saved),
    filterSave: (saved) =>
      answer('filter_save', () => {
        const p = need();
        p.saved = [...p.saved.filter((f) => f.name !== saved.name), saved].sort((a, b) => (a.name < b.name ? -1 : 1));
        return p.saved;
      }),
    filterDelete: (name) =>
      answer('filter_delete', () => {
        const p = need();
        p.saved = p.saved.filter((f) => f.name !== name);
        return p.saved;
      }),
    reviewAct: (action) => writing(`act:${action.do}`, () => need().act(action)),
    reviewActAll: (actions) => writing('act_all', () => need().actAll(actions)),
    reviewUndo: () => writing('undo', () => need().undo()),
    reviewRedo: () => writing('redo', () => need().redo()),
    bulkPreview: (filter, verb) => answer('bulk_preview', () => need().preview(filter, verb)),
    bulkDecide: (filter, verb) => writing(`bulk_${verb}`, () => need().bulk(filter, verb)),
    history: (before, limit) =>
      answer('history', () =>
        need()
          .history()
          .filter((entry) => before === null || (entry.step ?? 0) < before)
          .slice(0, limit),
      ),
    historyGo: (step) => writing('history_go', () => need().historyGo(step)),
    jobStart: (request) => answer(`job:${request.job}`, () => start(request)),
    jobs: () => answer('jobs', () => jobs.list()),
    jobPause: (id) => answer('job_pause', () => jobs.pause(id)),
    jobResume: (id) => answer('job_resume', () => jobs.resume(id)),
    jobCancel: (id) => answer('job_cancel', () => jobs.cancel(id)),
    jobDismiss: (id) => answer('job_dismiss', () => jobs.dismiss(id)),
    exportPreview: (request) => answer('export_preview', () => summary(request)),
    importPreview: (options) => answer('import_preview', () => importReport(options, null)),
    lint: () => answer('lint', () => lintReport(need(), mended)),
    lintMend: () =>
      writing('lint_mend', () => {
        mended = true;
        return need().view();
      }),
    evaluate: (options) => answer('evaluate', () => evaluation(options)),
    cvatConnections: () => answer('cvat_connections', () => cvat.connections),
    cvatConnect: (connection, token) => answer('cvat_connect', () => cvat.connect(connection, token)),
    cvatDisconnect: (name) => answer('cvat_disconnect', () => cvat.disconnect(name)),
    cvatSent: () => answer('cvat_sent', () => cvat.sent),
    cvatUnsent: () => answer('cvat_unsent', () => [...need().images.keys()].slice(0, 5)),
    cvatPreview: (push) => answer('cvat_preview', () => cvat.preview(push)),
    cvatDiff: (pull) => answer('cvat_diff', () => cvat.diff(pull)),
    cvatBrowse: () => answer('cvat_browse', () => undefined),
    thresholds: (precision) => answer('thresholds', () => learnt(precision)),
    acceptAbove: () => writing('accept_above', () => need().bulk({ ...ANY, at_least: 0.62 }, 'accept')),
    models: () => answer('models', () => models.map((m) => ({ ...m }))),
    modelTry: (add) => answer('model_try', () => tryModel(need(), add, models)),
    modelTryEnd: () => answer('model_try_end', () => undefined),
    modelAdd: (add) => answer('model_add', () => addModel(need(), add, models)),
    doctor: () => answer('doctor', doctor),
    runtimeUse: (what) => answer('runtime_use', () => runtimes.use(what)),
    reveal: () => answer('reveal', () => undefined),
    subscribe: (added) =>
      answer('subscribe', () => {
        listener = added;
      }),
    imageUrl: (id) => photo(id),
    thumbUrl: (id) => photo(id, 256),
    triedUrl: () => photo(1),
    cropUrl: ({ id, revision }, side = 128) => {
      const view = project && [...project.images.values()].find((v) => v.annotations.some((a) => a.id === id));
      const found = view?.annotations.find((a) => a.id === id);
      const scene = view && project?.scenes.get(view.image.id);
      if (!found || !scene) return '';
      return drawn(`crop/${id}/${revision}/${side}`, () => paint(scene, crop(found.rect, scene), side));
    },
    chooseFolders: () => Promise.resolve(['/home/you/photos/crossroads']),
    chooseFolder: () => Promise.resolve('/home/you/export'),
    chooseProject: () => Promise.resolve('/home/you/photos/harbour-2025.relook'),
    chooseFile: () => Promise.resolve('/home/you/labels.xml'),
    chooseSave: ({ name }) => Promise.resolve(`/home/you/${name}`),
    onDrop: (added) => {
      dropped = added;
      return Promise.resolve();
    },
  };
}

/** The mock as the address asks: `?mock=1&start=none|empty|new|drafted|ready|done`. */
export async function startMock(params: URLSearchParams): Promise<MockApi> {
  const starts: MockStart[] = ['none', 'empty', 'new', 'drafted', 'ready', 'done'];
  const scenes = import.meta.env.MOCK_PHOTOS ? await lentScenes() : drawnScenes(41);
  const many = Number(params.get('images') ?? 0);
  const all =
    many > 0
      ? Array.from({ length: many }, (_, n) => ({
          ...(scenes[n % scenes.length] as Scene),
          path: `big/${String(n).padStart(6, '0')}.jpg`,
        }))
      : scenes;
  const api = mockApi({
    start: starts.find((s) => s === params.get('start')) ?? 'ready',
    scenes: all,
    tick: 120,
    delay: 4,
  });
  Object.assign(window, { mock: api });
  return api;
}
