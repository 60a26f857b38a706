// Every command of the window, with its keys.

import type { App } from './app.svelte';
import type { Command, Scope } from './commands/registry';
import { suggestions } from './review/suggestions';

type Spec = Omit<Command, 'group' | 'scope'>;

function group(name: string, scope: Scope, specs: Spec[]): Command[] {
  return specs.map((spec) => ({ ...spec, group: name, scope }));
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The step an arrow key means: one pixel, with Shift ten. */
function arrow(key: string): [number, number] {
  const [x, y] = ARROWS[key.split('+').at(-1) ?? ''] ?? [0, 0];
  const size = key.includes('Shift+') ? 10 : 1;
  return [x * size, y * size];
}

const arrows = (prefix: string) => Object.keys(ARROWS).map((name) => prefix + name);

/** Gives the keyboard to the first control of the next part of the window; there Tab goes from control to control. */
function nextRegion(): void {
  const regions = [...document.querySelectorAll('header, aside, [role="toolbar"], footer')];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  for (let n = 1; n <= regions.length; n += 1) {
    const control = regions[(at + n) % regions.length]?.querySelector<HTMLElement>(
      'button:not(:disabled), select, input',
    );
    if (control) return control.focus();
  }
}

export function appCommands(app: App): Command[] {
  const session = () => app.session;
  const hasBox = () => session().box !== null;
  const writable = () => app.project.view?.read_only === null;
  const decidable = () => hasBox() && writable();
  return [
    ...group('Decide', 'review', [
      { id: 'accept', title: 'Accept', keys: ['Space', 'A'], enabled: decidable, run: () => session().accept() },
      { id: 'reject', title: 'Reject', keys: ['X', 'Delete'], enabled: decidable, run: () => session().reject() },
      {
        id: 'relabel',
        title: 'Relabel',
        keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
        enabled: decidable,
        run: (key) => {
          const { box, usage } = session();
          const chosen = box && suggestions(box, app.project.view?.labels ?? [], usage.counts)[Number(key) - 1];
          if (chosen) session().relabel(chosen.label.id);
        },
      },
      {
        id: 'search-label',
        title: 'Search a label',
        keys: ['L', '/'],
        enabled: decidable,
        run: () => {
          session().commitFix();
          app.looks.labelling = true;
        },
      },
      { id: 'fix', title: 'Fix box', keys: ['E'], enabled: decidable, run: () => session().startFix() },
      {
        id: 'draw',
        title: 'Draw',
        keys: ['N'],
        enabled: () => session().view !== null && writable(),
        run: () => {
          session().commitFix();
          app.looks.hidden = false;
          app.looks.stage?.arm();
        },
      },
      {
        id: 'accept-rest',
        title: 'Accept rest of image',
        keys: ['Enter'],
        enabled: () => writable() && (session().canAcceptRest || session().place === 'images'),
        run: () => void session().acceptRest(),
      },
      {
        id: 'empty',
        title: 'Confirm the image empty, or take it back',
        keys: ['M'],
        enabled: () => session().view !== null && writable(),
        run: () => void session().toggleEmpty(),
      },
      {
        id: 'reopen',
        title: 'Back to undecided',
        keys: ['R'],
        enabled: () => decidable() && session().box?.state !== 'pending',
        run: () => session().reopen(),
      },
      {
        id: 'occluded',
        title: 'Occluded, yes or no',
        keys: ['O'],
        enabled: decidable,
        run: () => session().describe({ occluded: !session().box?.occluded }),
      },
    ]),
    ...group('Go about', 'review', [
      { id: 'next', title: 'Next box, undecided', keys: ['Tab'], repeats: true, run: () => session().next(1) },
      { id: 'previous', title: 'Previous box', keys: ['Shift+Tab'], repeats: true, run: () => session().next(-1) },
      {
        id: 'back',
        title: 'Back to the box decided last',
        keys: ['U'],
        enabled: () => session().canGoBack,
        run: () => session().back(),
      },
    ]),
    ...group('Go about', 'images', [
      { id: 'previous-image', title: 'Previous image', keys: ['['], repeats: true, run: () => void session().turn(-1) },
      { id: 'next-image', title: 'Next image', keys: [']'], repeats: true, run: () => void session().turn(1) },
    ]),
    ...group('Go about', 'project', [
      {
        id: 'undo',
        title: 'Undo',
        keys: ['Ctrl+Z'],
        repeats: true,
        enabled: () => session().busy || app.project.view?.undo !== null,
        run: () => session().undo(),
      },
      {
        id: 'redo',
        title: 'Redo',
        keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
        repeats: true,
        enabled: () => session().busy || app.project.view?.redo !== null,
        run: () => session().redo(),
      },
      { id: 'queue', title: 'Queue of boxes', keys: ['Q'], run: () => app.go('queue') },
      { id: 'images', title: 'List of images', keys: ['I'], run: () => app.go('images') },
    ]),
    ...group('Fix mode', 'fix', [
      {
        id: 'nudge',
        title: 'Move by 1 px, with Shift by 10',
        keys: [...arrows(''), ...arrows('Shift+')],
        repeats: true,
        run: (key) => session().nudge(...arrow(key)),
      },
      {
        id: 'grow',
        title: 'Resize by 1 px, with Shift by 10',
        keys: [...arrows('Ctrl+'), ...arrows('Ctrl+Shift+')],
        repeats: true,
        run: (key) => session().grow(...arrow(key)),
      },
      { id: 'fix-done', title: 'Keep the change', keys: ['Enter', 'E'], run: () => session().commitFix() },
    ]),
    ...group('Drawing', 'aim', [
      {
        id: 'draw-middle',
        title: 'Put a box in the middle',
        keys: ['Enter', 'Space'],
        run: () => {
          const rect = app.looks.stage?.middleBox();
          app.looks.stage?.cancel();
          if (rect) session().drawing = rect;
        },
      },
    ]),
    ...group('See', 'view', [
      { id: 'fit', title: 'Whole image', keys: ['F', '0'], run: () => app.looks.stage?.fly(null) },
      {
        id: 'to-box',
        title: 'To the box in focus',
        keys: ['G'],
        enabled: hasBox,
        run: () => app.looks.stage?.fly(session().box?.rect ?? null),
      },
      { id: 'actual', title: 'Actual size', keys: ['Z'], run: () => app.looks.stage?.actualSize() },
      { id: 'zoom-in', title: 'Zoom in', keys: ['+', '='], repeats: true, run: () => app.looks.stage?.zoom(1.25) },
      { id: 'zoom-out', title: 'Zoom out', keys: ['-'], repeats: true, run: () => app.looks.stage?.zoom(0.8) },
      {
        id: 'dim',
        title: 'Dim all but the box in focus',
        keys: ['D'],
        run: () => (app.looks.dim[session().place] = !app.looks.dim[session().place]),
      },
      { id: 'hide', title: 'Hide boxes', keys: ['H'], run: () => (app.looks.hidden = !app.looks.hidden) },
      {
        id: 'all',
        title: 'Withdrawn and rejected boxes too',
        keys: ['W'],
        run: () => (app.looks.all = !app.looks.all),
      },
    ]),
    ...group('Project', 'project', [
      { id: 'add-folders', title: 'Add folders', keys: ['Ctrl+O'], run: () => void app.chooseFolders() },
      {
        id: 'bulk',
        title: 'Decide many at once',
        keys: ['B'],
        enabled: () => writable() && ((app.counts?.queued ?? 0) > 0 || (app.counts?.settled ?? 0) > 0),
        run: () => (app.overlay = 'bulk'),
      },
      {
        id: 'jobs',
        title: 'Jobs and devices',
        keys: ['J'],
        run: () => (app.overlay = app.overlay === 'jobs' ? null : 'jobs'),
      },
      { id: 'export', title: 'Export', keys: ['Ctrl+E'], run: () => (app.overlay = 'export') },
    ]),
    ...group('Project', 'window', [
      { id: 'region', title: 'To the next part of the window', keys: ['F6'], run: () => nextRegion() },
      { id: 'theme', title: 'Light, dark or as the system', keys: ['Ctrl+Shift+L'], run: () => app.theme.next() },
      {
        id: 'keys',
        title: 'Keys',
        keys: ['?', 'F1'],
        run: () => (app.overlay = app.overlay === 'keys' ? null : 'keys'),
      },
      { id: 'escape', title: 'Out of whatever is open', keys: ['Escape'], run: () => app.escape() },
    ]),
  ];
}
