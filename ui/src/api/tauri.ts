import { Channel, convertFileSrc, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { open, save } from '@tauri-apps/plugin-dialog';

import { m } from '../shared/i18n/index.svelte';
import { ApiError, type Api } from './api';
import type { Event, ProjectView } from './types';

/** One command of the shell; a refusal arrives as `{code, message}`. */
async function call<T>(command: string, args: Record<string, unknown> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (thrown) {
    throw ApiError.from(thrown);
  }
}

/** The engine behind Tauri. */
export function tauriApi(): Api {
  // `convertFileSrc` would escape the slashes of a path, so it gets none.
  const photos = convertFileSrc('', 'relook');
  // Ids begin anew with every project: the number keeps one project's pictures out of another's in the browser's cache.
  let opened = 0;
  const entering = async (view: Promise<ProjectView>): Promise<ProjectView> => {
    const entered = await view;
    opened += 1;
    return entered;
  };
  return {
    recentProjects: () => call('recent_projects'),
    forgetRecent: (path) => call('forget_recent', { path }),
    projectCreate: (path, labels) => entering(call('project_create', { path, labels })),
    projectOpen: (path) => entering(call('project_open', { path })),
    projectClose: () => call('project_close'),
    projectView: () => call('project_view'),
    settingsSave: (settings) => call('settings_save', { settings }),
    folderWatch: (id, on) => call('folder_watch', { id, on }),
    labelAdd: (name) => call('label_add', { name }),
    labelSave: (label) => call('label_save', { label }),
    labelDelete: (id, into) => call('label_delete', { id, into }),
    labelUse: (id) => call('label_use', { id }),

    imagesPage: (filter, offset, limit) => call('images_page', { filter, offset, limit }),
    imagePosition: (id, filter) => call('image_position', { id, filter }),
    imageView: (id) => call('image_view', { id }),
    track: (id) => call('track', { id }),

    boxesPage: (filter, order, offset, limit) => call('boxes_page', { filter, order, offset, limit }),
    filters: () => call('filters'),
    filterSave: (saved) => call('filter_save', { saved }),
    filterDelete: (name) => call('filter_delete', { name }),
    reviewAct: (action) => call('review_act', { action }),
    reviewActAll: (actions) => call('review_act_all', { actions }),
    reviewUndo: () => call('review_undo'),
    reviewRedo: () => call('review_redo'),
    bulkPreview: (filter, verb) => call('bulk_preview', { filter, verb }),
    bulkDecide: (filter, verb) => call('bulk_decide', { filter, verb }),
    history: (before, limit) => call('history', { before, limit }),
    historyGo: (step) => call('history_go', { step }),

    jobStart: (request) => call('job_start', { request }),
    jobs: () => call('jobs'),
    jobPause: (id) => call('job_pause', { id }),
    jobResume: (id) => call('job_resume', { id }),
    jobCancel: (id) => call('job_cancel', { id }),
    jobDismiss: (id) => call('job_dismiss', { id }),
    exportPreview: (request) => call('export_preview', { request }),
    importPreview: (options) => call('import_preview', { options }),
    lint: (include) => call('lint', { include }),
    lintMend: (include) => call('lint_mend', { include }),
    evaluate: (options) => call('evaluate', { options }),
    cvatConnect: (connection, token) => call('cvat_connect', { connection, token }),
    cvatPreview: (push) => call('cvat_preview', { push }),
    cvatDiff: (pull) => call('cvat_diff', { pull }),
    cvatConnections: () => call('cvat_connections'),
    cvatDisconnect: (name) => call('cvat_disconnect', { name }),
    cvatSent: (connection) => call('cvat_sent', { connection }),
    cvatUnsent: (connection) => call('cvat_unsent', { connection }),
    cvatBrowse: (connection, task) => call('cvat_browse', { connection, task }),
    thresholds: (precision) => call('thresholds', { precision }),
    acceptAbove: (precision) => call('accept_above', { precision }),

    models: () => call('models'),
    modelTry: (add) => call('model_try', { add }),
    modelTryEnd: () => call('model_try_end'),
    modelAdd: (add) => call('model_add', { add }),
    doctor: () => call('doctor'),
    runtimeUse: (what) => call('runtime_use', { what }),
    reveal: (path) => call('reveal', { path }),
    async subscribe(listener) {
      const channel = new Channel<Event>();
      channel.onmessage = listener;
      await call('subscribe', { channel });
    },

    imageUrl: (id) => `${photos}image/${id}?p=${opened}`,
    thumbUrl: (id) => `${photos}thumb/${id}?p=${opened}`,
    triedUrl: (file) => `${photos}tried?f=${encodeURIComponent(file)}`,
    // The revision only tells the browser's cache apart: a reshaped box has another crop.
    cropUrl: ({ id, revision }, side = 128) => `${photos}crop/${id}/${side}?p=${opened}&r=${revision}`,

    async chooseFolders() {
      const chosen = await open({ directory: true, multiple: true, title: m.project.chooseFolders });
      return chosen ?? [];
    },
    chooseFolder: (title) => open({ directory: true, multiple: false, title }),
    chooseProject: () =>
      open({
        multiple: false,
        title: m.start.openTitle,
        filters: [{ name: m.start.fileKind, extensions: ['relook'] }],
      }),
    chooseFile: (title, extensions) =>
      open({ multiple: false, title, filters: [{ name: title, extensions: [...extensions] }] }),
    chooseSave: ({ title, name, extension, description }) =>
      save({ title, defaultPath: name, filters: [{ name: description, extensions: [extension] }] }),
    async onDrop(listener) {
      await getCurrentWebview().onDragDropEvent(({ payload }) => {
        if (payload.type === 'drop') listener({ kind: 'drop', paths: payload.paths });
        else if (payload.type === 'leave') listener({ kind: 'leave' });
        else listener({ kind: 'over' });
      });
    },
  };
}
