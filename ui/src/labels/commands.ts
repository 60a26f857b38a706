import { meet } from '../commands/command';
import { inGroup, type Command, type Registry } from '../commands/registry';

type Host = { toggle: (overlay: 'labels') => void };

export function labelCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    { id: 'labels', title: (c) => c.labels.title, keys: ['Ctrl+L'], run: () => app.toggle('labels') },
  ]);
}

/** The command that a letter belongs to while boxes are decided, so that it gives no label there; `null`: it is free. */
export function holderOf(registry: Registry, letter: string): string | null {
  const holder = registry.commands.find(
    ({ id, scope, keys }) => id !== 'relabel' && meet(scope, 'review') && keys.includes(letter.toUpperCase()),
  );
  return holder ? registry.title(holder.id) : null;
}
