import { inGroup, type Command, type Text } from '../commands/registry';
import type { ProjectView } from '../api';
import type { Place } from '../review/session.svelte';
import type { Catalogue } from '../shared/i18n/catalogue';
import type { Gallery } from './gallery.svelte';

type Host = { gallery: Gallery; project: { view: ProjectView | null }; go: (place: Place) => void };
type Id = keyof Catalogue['gallery']['commands']['titles'];

const group: Text = (c) => c.gallery.commands.group;
const own = (id: Id, rest: Omit<Command, 'id' | 'title' | 'group' | 'scope'>) => ({
  id,
  title: (c: Catalogue) => c.gallery.commands.titles[id],
  ...rest,
});

const ARROWS: Record<string, [columns: number, rows: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const arrow = (key: string): [number, number] => ARROWS[key.split('+').at(-1) ?? ''] ?? [0, 0];

export function galleryCommands(app: Host): Command[] {
  const gallery = () => app.gallery;
  const writable = () => app.project.view?.read_only === null;
  const some = () => gallery().total > 0;
  return [
    ...inGroup((c) => c.commands.groups.go, 'project', [
      own('gallery', { keys: ['P'], run: () => app.go('gallery') }),
    ]),
    ...inGroup(group, 'gallery', [
      own('gallery-accept', {
        keys: ['Enter'],
        enabled: () => writable() && some(),
        run: () => gallery().decide('right'),
      }),
      own('gallery-reject', {
        keys: ['Shift+Enter'],
        enabled: () => writable() && some(),
        run: () => gallery().decide('wrong'),
      }),
      own('gallery-mark', { keys: ['Space', 'X'], enabled: some, run: () => gallery().toggle('wrong') }),
      own('gallery-right', { keys: ['A'], enabled: some, run: () => gallery().toggle('right') }),
      own('gallery-relabel', {
        keys: ['L', '/'],
        enabled: () => writable() && gallery().targets.length > 0,
        run: () => (gallery().labelling = true),
      }),
      own('gallery-digit', {
        keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
        fixed: true,
        enabled: () => writable() && gallery().targets.length > 0,
        run: (key) => {
          const chosen = gallery().offers(app.project.view?.labels ?? []).find(({ digit }) => String(digit) === key);
          if (chosen) gallery().relabel(chosen.label.id, chosen.label.name);
        },
      }),
      own('gallery-open', { keys: ['E'], enabled: () => gallery().current !== null, run: () => gallery().look() }),
      own('gallery-unmark', {
        keys: ['U'],
        enabled: () => gallery().marked.size > 0,
        run: () => void gallery().unmark(),
      }),
      own('gallery-move', {
        keys: Object.keys(ARROWS),
        fixed: true,
        repeats: true,
        enabled: some,
        run: (key) => gallery().move(...arrow(key)),
      }),
      own('gallery-extend', {
        keys: Object.keys(ARROWS).map((name) => `Shift+${name}`),
        fixed: true,
        repeats: true,
        enabled: some,
        run: (key) => gallery().extend(...arrow(key)),
      }),
      own('gallery-page', {
        keys: ['PageDown', 'PageUp'],
        fixed: true,
        repeats: true,
        enabled: some,
        run: (key) => gallery().turn(key === 'PageDown' ? 1 : -1),
      }),
    ]),
  ];
}
