import { inGroup, type Command } from '../commands/registry';

type Host = { toggle: (overlay: 'history') => void };

export function historyCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.edit, 'project', [
    { id: 'history', title: (c) => c.history.title, keys: ['Ctrl+H'], run: () => app.toggle('history') },
  ]);
}
