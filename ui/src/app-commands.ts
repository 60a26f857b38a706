// Every command of the window, with its keys.
//
// A feature adds its own: its folder exports `xyzCommands(host): Command[]`, made with `inGroup` of commands/registry, and
// `appCommands` below lists it. `host` is a type of the feature's own with just what its commands use, which `App`
// happens to have: features know nothing of `App`. Groups come in the menu and the keys sheet in the order in which they
// are first met here; titles and groups are texts of the feature's section of the catalogue. Which scopes there are says
// commands/command.ts, when they are active `App.beneath`. Keys must be free in every scope that is met at the same
// time, and a command that a preset gives other keys to is named in commands/presets.ts: app-commands.test.ts tells.

import type { App } from './app.svelte';
import { inGroup, type Command, type Text } from './commands/registry';
import { cvatCommands } from './cvat/commands';
import { evaluateCommands } from './evaluate/commands';
import { galleryCommands } from './gallery/commands';
import { historyCommands } from './history/commands';
import { importCommands } from './importing/commands';
import { labelCommands } from './labels/commands';
import { lintCommands } from './lint/commands';
import { modelCommands } from './models/commands';
import { canvasCommands } from './review/canvas-commands';
import { reviewCommands } from './review/commands';
import { thresholdCommands } from './thresholds/commands';
import type { Catalogue } from './shared/i18n/catalogue';
import { language, LANGUAGES } from './shared/i18n/index.svelte';

type Groups = Catalogue['commands']['groups'];
const group =
  (name: keyof Groups): Text =>
  (c) =>
    c.commands.groups[name];

type Id = keyof Catalogue['commands']['titles'];
/** A command whose title is in the catalogue under its id. */
const own = (id: Id, rest: Omit<Command, 'id' | 'title' | 'group' | 'scope'>): Omit<Command, 'group' | 'scope'> => ({
  id,
  title: (c) => c.commands.titles[id],
  ...rest,
});

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

/** The other language, or the next one should there be more. */
function nextLanguage(): void {
  const at = LANGUAGES.findIndex(({ code }) => code === language.current);
  const next = LANGUAGES[(at + 1) % LANGUAGES.length];
  if (next) language.choose(next.code);
}

export function appCommands(app: App): Command[] {
  const session = () => app.session;
  const hasBox = () => session().box !== null;
  return [
    ...inGroup(group('project'), 'project', [
      own('add-folders', { keys: ['Ctrl+O'], run: () => void app.chooseFolders() }),
      own('bulk', {
        keys: ['B'],
        enabled: () => app.writable && (app.counts?.drafted ?? 0) > 0,
        run: () => (app.overlay = 'bulk'),
      }),
      own('jobs', { keys: ['J'], run: () => app.toggle('jobs') }),
      own('export', { keys: ['Ctrl+E'], run: () => (app.overlay = 'export') }),
    ]),
    ...importCommands(app),
    ...modelCommands(app),
    ...lintCommands(app),
    ...cvatCommands(app),
    ...evaluateCommands(app),
    ...thresholdCommands(app),
    ...inGroup(group('edit'), 'project', [
      own('undo', {
        keys: ['Ctrl+Z'],
        repeats: true,
        enabled: () => session().busy || app.project.view?.undo !== null,
        run: () => session().undo(),
      }),
      own('redo', {
        keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
        repeats: true,
        enabled: () => session().busy || app.project.view?.redo !== null,
        run: () => session().redo(),
      }),
    ]),
    ...labelCommands(app),
    ...historyCommands(app),
    ...inGroup(group('go'), 'project', [
      own('queue', { keys: ['Q'], run: () => app.go('queue') }),
      own('images', { keys: ['I'], run: () => app.go('images') }),
    ]),
    ...galleryCommands(app),
    ...reviewCommands(app),
    ...canvasCommands(app),
    ...inGroup(group('view'), 'view', [
      own('fit', { keys: ['F', '0'], run: () => app.looks.stage?.fly(null) }),
      own('to-box', {
        keys: ['C'],
        enabled: hasBox,
        run: () => app.looks.stage?.fly(session().box?.rect ?? null),
      }),
      own('actual', { keys: ['Z'], run: () => app.looks.stage?.actualSize() }),
      own('zoom-in', { keys: ['+', '='], repeats: true, run: () => app.looks.stage?.zoom(1.25) }),
      own('zoom-out', { keys: ['-'], repeats: true, run: () => app.looks.stage?.zoom(0.8) }),
      own('dim', {
        keys: ['D'],
        run: () => (app.looks.dim[session().place] = !app.looks.dim[session().place]),
      }),
      own('hide', { keys: ['H'], run: () => (app.looks.hidden = !app.looks.hidden) }),
      own('all', { keys: ['W'], run: () => (app.looks.all = !app.looks.all) }),
    ]),
    ...inGroup(group('view'), 'window', [
      own('theme', { keys: ['Ctrl+Shift+L'], run: () => app.theme.next() }),
      own('language', { keys: [], run: nextLanguage }),
      own('region', { keys: ['F6'], run: nextRegion }),
    ]),
    ...inGroup(group('help'), 'window', [
      own('palette', { keys: ['Ctrl+K', 'Ctrl+Shift+P'], run: () => app.toggle('palette') }),
      own('keys', { keys: ['?', 'F1'], run: () => app.toggle('keys') }),
      own('menu', {
        keys: ['F10'],
        enabled: () => app.project.view !== null,
        run: () => app.toggle('menu'),
      }),
      own('escape', { keys: ['Escape'], fixed: true, run: () => app.escape() }),
    ]),
  ];
}
