import { inGroup, type Command } from '../commands/registry';

type Host = { toggle: (overlay: 'import') => void; writable: boolean };

export function importCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    {
      id: 'import',
      title: (c) => c.commands.titles.import,
      keys: ['Ctrl+I'],
      enabled: () => app.writable,
      run: () => app.toggle('import'),
    },
  ]);
}
