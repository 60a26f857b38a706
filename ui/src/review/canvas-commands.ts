// Commands of the canvas: how one looks, and what is drawn or painted just now.

import { AS_IT_IS } from '../canvas/adjust';
import { inGroup, type Command, type Text } from '../commands/registry';
import type { Catalogue } from '../shared/i18n/catalogue';
import type { Looks } from './looks.svelte';
import type { Session } from './session.svelte';

type Host = { session: Session; looks: Looks; project: { view: { read_only: string | null } | null } };
type Title = Exclude<keyof Catalogue['canvas']['commands'], 'shape'>;

const spec = (
  id: string,
  title: Title,
  keys: readonly string[],
  run: () => void,
  rest: Pick<Command, 'repeats' | 'enabled'> = {},
): Omit<Command, 'group' | 'scope'> => ({ id, title: (c) => c.canvas.commands[title], keys, run, ...rest });

const shape: Text = (c) => c.canvas.commands.shape;
const view: Text = (c) => c.commands.groups.view;

export function canvasCommands(app: Host): Command[] {
  const { looks } = app;
  const painting = { enabled: () => looks.mode === 'brush' || looks.mode === 'erase' || looks.mode === 'outline' };
  const isMask = () => app.session.box?.shape.kind === 'mask' && app.project.view?.read_only === null;
  return [
    ...inGroup(shape, 'draw', [
      spec('draw-done', 'done', ['Enter'], () => looks.stage?.finish()),
      spec('draw-back', 'back', ['Backspace', 'Ctrl+Z'], () => looks.stage?.back(), { repeats: true }),
      spec('paint-brush', 'brush', ['B'], () => looks.stage?.paintWith('brush'), painting),
      spec('paint-erase', 'erase', ['E'], () => looks.stage?.paintWith('erase'), painting),
      spec('paint-outline', 'outline', ['P'], () => looks.stage?.paintWith('outline'), painting),
      spec('paint-holes', 'holes', ['F'], () => looks.stage?.fillHoles(), painting),
      spec('brush-smaller', 'smaller', ['['], () => looks.stage?.resizeBrush(-1), { repeats: true, ...painting }),
      spec('brush-larger', 'larger', [']'], () => looks.stage?.resizeBrush(1), { repeats: true, ...painting }),
    ]),
    ...inGroup(shape, 'vertex', [
      spec('vertex-remove', 'removeVertex', ['Delete', 'Backspace'], () => looks.stage?.changeVertex('outside')),
    ]),
    ...inGroup(shape, 'joint', [
      spec('joint-occluded', 'occludeJoint', ['O'], () => looks.stage?.changeVertex('occluded')),
    ]),
    ...inGroup(shape, 'review', [
      spec('paint-again', 'paintAgain', ['Shift+M'], () => void looks.stage?.paintAgain(), { enabled: isMask }),
    ]),
    ...inGroup(view, 'view', [
      spec('adjust', 'adjust', ['Shift+A'], () => (looks.adjusting = !looks.adjusting)),
      spec('as-it-is', 'asItIs', ['Shift+Z'], () => (looks.adjust = AS_IT_IS)),
      spec('crosshair', 'cross', ['Shift+C'], () => looks.toggle('cross')),
      spec('pixel-grid', 'grid', ['Shift+P'], () => looks.toggle('grid')),
      spec('snap', 'snap', ['Shift+N'], () => looks.toggle('snap')),
    ]),
  ];
}
