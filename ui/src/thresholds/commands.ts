import { inGroup, type Command } from '../commands/registry';

type Host = { toggle: (overlay: 'thresholds') => void };

export function thresholdCommands(app: Host): Command[] {
  return inGroup((c) => c.commands.groups.project, 'project', [
    { id: 'thresholds', title: (c) => c.thresholds.title, keys: ['Ctrl+Shift+T'], run: () => app.toggle('thresholds') },
  ]);
}
