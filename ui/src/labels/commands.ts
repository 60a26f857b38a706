import { inGroup, type Command } from '../commands/registry';

type Host = { toggle: (overlay: 'labels') => void };

export function labelCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    { id: 'labels', title: (c) => c.labels.title, keys: ['Ctrl+L'], run: () => app.toggle('labels') },
  ]);
}
