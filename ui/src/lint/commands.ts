import { inGroup, type Command } from '../commands/registry';
import type { Catalogue } from '../shared/i18n/catalogue';
import type { Linter } from './linter.svelte';

type Host = { linter: Linter; writable: boolean; check: () => void };
type Id = keyof Catalogue['lint']['commands'];

export function lintCommands(app: Host): Command[] {
  const command = (id: Id, rest: Pick<Command, 'keys' | 'enabled' | 'repeats' | 'run'>) => ({
    id,
    title: (c: Catalogue) => c.lint.commands[id],
    ...rest,
  });
  const some = () => app.linter.open && app.linter.findings.length > 0;
  return inGroup((c) => c.commands.groups.project, 'project', [
    command('lint', { keys: ['F7'], run: () => app.check() }),
    command('lint-next', { keys: ['F8'], repeats: true, enabled: some, run: () => app.linter.step(1) }),
    command('lint-previous', { keys: ['Shift+F8'], repeats: true, enabled: some, run: () => app.linter.step(-1) }),
    command('lint-mend', {
      keys: ['Shift+F7'],
      enabled: () => app.writable && app.linter.mendable,
      run: () => void app.linter.mend(),
    }),
  ]);
}
