import { ApiError, type ProjectView } from '../api';
import type { Tool } from '../canvas/geometry';
import { meet } from '../commands/command';
import { inGroup, type Command, type Registry, type Text } from '../commands/registry';
import { fromEngine } from '../shared/i18n/engine';
import { m } from '../shared/i18n/index.svelte';
import type { Toasts } from '../shared/toasts.svelte';
import type { Catalogue } from '../shared/i18n/catalogue';
import type { Looks } from './looks.svelte';
import type { Session } from './session.svelte';
import { labelsFor, TAG, TOOLS } from './shapes';
import { suggestions } from './suggestions';

type Host = {
  session: Session;
  looks: Looks;
  toasts: Toasts;
  project: { view: ProjectView | null };
  registry: Pick<Registry, 'commands'>;
};

type Spec = Omit<Command, 'group' | 'scope'>;
type Rest = Omit<Spec, 'id' | 'title'>;

const group =
  (name: keyof Catalogue['commands']['groups']): Text =>
  (c) =>
    c.commands.groups[name];
const shapes: Text = (c) => c.review.commands.group;

const own = (id: keyof Catalogue['commands']['titles'], rest: Rest): Spec => ({
  id,
  title: (c) => c.commands.titles[id],
  ...rest,
});
const ofShapes = (id: keyof Catalogue['review']['commands']['titles'], rest: Rest): Spec => ({
  id,
  title: (c) => c.review.commands.titles[id],
  ...rest,
});

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const arrows = (prefix: string) => Object.keys(ARROWS).map((name) => prefix + name);

/** The step an arrow key means: one, with Shift `large`. */
function arrow(key: string, large: number): [number, number] {
  const [x, y] = ARROWS[key.split('+').at(-1) ?? ''] ?? [0, 0];
  const size = key.includes('Shift+') ? large : 1;
  return [x * size, y * size];
}

/** Gives the keyboard to the first control of a part of the window that may only now be shown. */
function enter(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}

const isTextMarked = (): boolean => document.getSelection()?.isCollapsed === false;

export function reviewCommands(app: Host): Command[] {
  const session = () => app.session;
  const writable = () => app.project.view?.read_only === null;
  const decidable = () => session().box !== null && session().chosen.length > 0 && writable();
  const onTrack = () => Boolean(session().box?.track);
  const tracked = () => decidable() && onTrack();
  const onImage = () => session().view !== null && writable();
  const labels = () => app.project.view?.labels ?? [];
  const skeletons = () => labelsFor(labels(), ['skeleton']).filter((label) => label.skeleton !== null);

  /** Begins to draw; of several skeletons it is asked which one, unless it is known. */
  function draw(tool: Tool, ask: boolean): void {
    const { looks } = app;
    session().commitFix();
    session().tool = tool;
    looks.hidden = false;
    if (tool === 'skeleton') {
      const known = skeletons().find((label) => label.id === session().template?.id);
      session().template = known ?? skeletons()[0] ?? null;
      if (skeletons().length > 1 && (ask || !known)) {
        session().choosing = true;
        return;
      }
    }
    looks.stage?.arm();
  }
  const drawable = (tool: Tool) => onImage() && (tool !== 'skeleton' || skeletons().length > 0);

  async function toKeyframe(step: 1 | -1): Promise<void> {
    try {
      if (await session().toKeyframe(step)) return;
      app.toasts.show(step === 1 ? m.review.track.noNext : m.review.track.noPrevious);
    } catch (thrown) {
      app.toasts.show(fromEngine(ApiError.from(thrown).message), 'bad');
    }
  }

  const relabel: Command = {
    id: 'relabel',
    title: (c) => c.commands.titles.relabel,
    group: group('decide'),
    scope: 'review',
    fixed: true,
    enabled: decidable,
    /** The digits, and letters that labels have and no command beside this one. */
    get keys() {
      const beside = app.registry.commands.filter((command) => command !== relabel && meet(command.scope, 'review'));
      const taken = new Set(beside.flatMap(({ keys }) => keys));
      const letters = labels().map(({ key, archived }) => (archived ? '' : key.toUpperCase()));
      return [
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
        ...letters.filter((key) => /^[A-Z]$/.test(key) && !taken.has(key)),
      ];
    },
    run: (key) => {
      const { box, usage } = session();
      if (!box) return;
      const lettered = labelsFor(labels(), [box.shape.kind]).find((label) => label.key.toUpperCase() === key);
      const offered = suggestions(box, labels(), usage.counts).find(({ digit }) => String(digit) === key);
      const chosen = offered?.label ?? lettered;
      if (chosen) session().relabel(chosen.id);
    },
  };

  return [
    ...inGroup(group('go'), 'review', [
      own('next', { keys: ['Tab'], repeats: true, run: () => session().next(1) }),
      own('previous', { keys: ['Shift+Tab'], repeats: true, run: () => session().next(-1) }),
      own('back', { keys: ['U'], enabled: () => session().canGoBack, run: () => session().back() }),
    ]),
    ...inGroup(group('go'), 'images', [
      own('previous-image', { keys: ['['], repeats: true, run: () => void session().turn(-1) }),
      own('next-image', { keys: [']'], repeats: true, run: () => void session().turn(1) }),
    ]),
    ...inGroup(group('decide'), 'review', [
      own('accept', { keys: ['Space', 'A'], enabled: decidable, run: () => session().accept() }),
      own('reject', { keys: ['X', 'Delete'], enabled: decidable, run: () => session().reject() }),
    ]),
    relabel,
    ...inGroup(group('decide'), 'review', [
      own('search-label', {
        keys: ['L', '/'],
        enabled: decidable,
        run: () => {
          session().commitFix();
          app.looks.labelling = true;
        },
      }),
      own('fix', { keys: ['E'], enabled: decidable, run: () => session().startFix() }),
      own('draw', { keys: ['N'], enabled: () => drawable(session().tool), run: () => draw(session().tool, false) }),
      own('accept-rest', {
        keys: ['Enter'],
        enabled: () => writable() && (session().canAcceptRest || session().place !== 'queue'),
        run: () => void session().acceptRest(),
      }),
      own('empty', { keys: ['M'], enabled: onImage, run: () => void session().toggleEmpty() }),
      own('reopen', {
        keys: ['R'],
        enabled: () => decidable() && session().chosen.some((box) => box.state !== 'pending'),
        run: () => session().reopen(),
      }),
      own('occluded', {
        keys: ['O'],
        enabled: decidable,
        run: () => session().describe({ occluded: !session().box?.occluded }),
      }),
    ]),
    ...inGroup(shapes, 'review', [
      ...TOOLS.map((tool, n): Spec => ({
        id: `draw-${tool}`,
        title: (c) => c.review.commands.tools[tool],
        keys: [`Alt+${n + 1}`],
        enabled: () => drawable(tool),
        run: () => draw(tool, true),
      })),
      ofShapes('tag', { keys: ['T'], enabled: onImage, run: () => session().drawn(TAG) }),
      ofShapes('select-all', {
        keys: ['Ctrl+A'],
        enabled: () => session().view !== null,
        run: () => session().selectAll(),
      }),
      ofShapes('copy', {
        keys: ['Ctrl+C'],
        enabled: () => session().chosen.length > 0 && !isTextMarked(),
        run: () => session().copy(),
      }),
      ofShapes('cut', { keys: ['Ctrl+X'], enabled: decidable, run: () => session().cut() }),
      ofShapes('paste', {
        keys: ['Ctrl+V'],
        enabled: () => onImage() && !session().clipboard.isEmpty,
        run: () => session().paste(),
      }),
      ofShapes('duplicate', { keys: ['Ctrl+D'], enabled: decidable, run: () => session().duplicate() }),
      ofShapes('propagate', { keys: ['Ctrl+B'], enabled: decidable, run: () => void session().propagate(1) }),
      ofShapes('propagate-many', {
        keys: ['Ctrl+Shift+B'],
        enabled: decidable,
        run: () => (session().spreading = true),
      }),
      ofShapes('group', {
        keys: ['G'],
        enabled: () => decidable() && session().chosen.length > 1,
        run: () => session().group(),
      }),
      ofShapes('ungroup', {
        keys: ['Shift+G'],
        enabled: () => decidable() && session().chosen.some((box) => box.group > 0),
        run: () => session().describe({ group: 0 }),
      }),
      ofShapes('keyframe', {
        keys: ['K'],
        enabled: tracked,
        run: () => session().setKeyframe(session().box?.track?.keyframe === false),
      }),
      ofShapes('end-track', { keys: ['Shift+K'], enabled: tracked, run: () => session().endTrack() }),
      ofShapes('previous-keyframe', { keys: ['Alt+['], enabled: onTrack, run: () => void toKeyframe(-1) }),
      ofShapes('next-keyframe', { keys: ['Alt+]'], enabled: onTrack, run: () => void toKeyframe(1) }),
      ofShapes('to-front', { keys: ['Ctrl+]'], enabled: decidable, run: () => session().stack(1) }),
      ofShapes('to-back', { keys: ['Ctrl+['], enabled: decidable, run: () => session().stack(-1) }),
      ofShapes('lock', {
        keys: ['Shift+L'],
        enabled: () => session().selected.size > 0,
        run: () => session().marks.lock([...session().selected]),
      }),
      ofShapes('hide-shapes', {
        keys: ['Shift+H'],
        enabled: () => session().selected.size > 0,
        run: () => session().marks.hide([...session().selected]),
      }),
      ofShapes('hide-others', {
        keys: ['Alt+H'],
        enabled: () => session().view !== null,
        run: () => session().hideOthers(),
      }),
      ofShapes('shapes', {
        keys: ['Shift+S'],
        enabled: () => session().view !== null,
        run: () => {
          session().panel = session().panel === 'shapes' ? 'box' : 'shapes';
          enter('[data-testid="objects"] [aria-current="true"], [data-testid="object"]');
        },
      }),
      ofShapes('details', {
        keys: ['Shift+E'],
        enabled: decidable,
        run: () => {
          session().panel = 'box';
          enter('[data-testid="details"] :is(input, select):not(:disabled)');
        },
      }),
    ]),
    ...inGroup(group('fix'), 'fix', [
      own('nudge', {
        keys: [...arrows(''), ...arrows('Shift+')],
        fixed: true,
        repeats: true,
        run: (key) => session().nudge(...arrow(key, 10)),
      }),
      own('grow', {
        keys: [...arrows('Ctrl+'), ...arrows('Ctrl+Shift+')],
        fixed: true,
        repeats: true,
        run: (key) => session().grow(...arrow(key, 10)),
      }),
      ofShapes('rotate', {
        keys: [...arrows('Alt+'), ...arrows('Alt+Shift+')],
        fixed: true,
        repeats: true,
        run: (key) => session().rotate(arrow(key, 15).reduce((a, b) => a + b)),
      }),
      own('fix-done', { keys: ['Enter', 'E'], run: () => session().commitFix() }),
    ]),
    ...inGroup(group('draw'), 'aim', [
      own('draw-middle', {
        keys: ['Enter', 'Space'],
        run: () => {
          const geometry = app.looks.stage?.middle();
          app.looks.stage?.cancel();
          if (geometry) session().drawn(geometry);
        },
      }),
    ]),
  ];
}
