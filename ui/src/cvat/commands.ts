import { inGroup, type Command } from '../commands/registry';
import type { Catalogue } from '../shared/i18n/catalogue';
import type { Differ } from './differ.svelte';

type Host = {
  differ: Differ;
  writable: boolean;
  openServers: () => void;
  openPush: () => void;
  openProject: () => void;
  compare: () => void;
};
type Id = keyof Catalogue['cvat']['commands'];

export function cvatCommands(app: Host): Command[] {
  const command = (id: Id, rest: Pick<Command, 'keys' | 'enabled' | 'repeats' | 'run'>) => ({
    id,
    title: (c: Catalogue) => c.cvat.commands[id],
    ...rest,
  });
  const some = () => app.differ.open && app.differ.differences.length > 0;
  return inGroup((c) => c.cvat.group, 'project', [
    command('cvat-connections', { keys: [], run: () => app.openServers() }),
    command('cvat-push', { keys: ['Ctrl+Shift+U'], enabled: () => app.writable, run: () => app.openPush() }),
    command('cvat-send-on', { keys: [], enabled: () => app.writable, run: () => app.openProject() }),
    command('cvat-diff', { keys: ['F9'], run: () => app.compare() }),
    command('cvat-next', { keys: ['F3'], repeats: true, enabled: some, run: () => app.differ.step(1) }),
    command('cvat-previous', { keys: ['Shift+F3'], repeats: true, enabled: some, run: () => app.differ.step(-1) }),
    command('cvat-mark', {
      keys: ['F4'],
      enabled: () => app.differ.current !== null,
      run: () => app.differ.markCurrent(),
    }),
    command('cvat-take', {
      keys: ['Shift+F9'],
      enabled: () => app.writable && app.differ.takeable,
      run: () => void app.differ.take(),
    }),
  ]);
}
