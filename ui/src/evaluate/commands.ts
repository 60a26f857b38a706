import { inGroup, type Command } from '../commands/registry';

type Host = { toggle: (overlay: 'evaluate') => void };

export function evaluateCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    { id: 'evaluate', title: (c) => c.evaluate.title, keys: ['Ctrl+Shift+E'], run: () => app.toggle('evaluate') },
  ]);
}
