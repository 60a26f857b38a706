import { inGroup, type Command } from '../commands/registry';

type Host = { openModel: () => void };

export function modelCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    { id: 'add-model', title: (c) => c.models.title, keys: ['Ctrl+Shift+M'], run: () => app.openModel() },
  ]);
}
