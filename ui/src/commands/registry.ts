// One list of everything that a menu, a button, a key or the palette can do.

import { m } from '../shared/i18n/index.svelte';
import { SCOPES, type Command, type Scope } from './command';
import { Keymap } from './keymap.svelte';

export { inGroup, type Command, type Scope, type Text } from './command';

export class Registry {
  readonly keymap: Keymap;
  private readonly byId: ReadonlyMap<string, Command>;

  constructor(readonly commands: readonly Command[]) {
    this.byId = new Map(commands.map((command) => [command.id, command]));
    this.keymap = new Keymap(commands);
  }

  /** The command that `key` starts where `active` scopes lie; `null`: none, or it would do nothing now. */
  find(key: string, active: ReadonlySet<Scope>): Command | null {
    for (const scope of SCOPES) {
      const command = active.has(scope) ? this.keymap.at(key, scope) : null;
      if (command) return (command.enabled?.() ?? true) ? command : null;
    }
    return null;
  }

  get(id: string): Command {
    const command = this.byId.get(id);
    if (!command) throw new Error(`There is no command ${id}`);
    return command;
  }

  enabled(id: string): boolean {
    return this.get(id).enabled?.() ?? true;
  }

  /** Whether a command would do something where `active` scopes lie. */
  available(command: Command, active: ReadonlySet<Scope>): boolean {
    return active.has(command.scope) && (command.enabled?.() ?? true);
  }

  run(id: string): void {
    const command = this.get(id);
    if (command.enabled?.() ?? true) command.run(this.keyOf(id) ?? '');
  }

  title(id: string): string {
    return this.get(id).title(m);
  }

  /** The keys in force, the one shown on buttons first. */
  keysOf(id: string): readonly string[] {
    return this.keymap.keysOf(this.get(id));
  }

  /** The key shown on a button. */
  keyOf(id: string): string | undefined {
    return this.keysOf(id)[0];
  }

  /** A tooltip: the title and all its keys. */
  hint(id: string): string {
    const keys = this.keysOf(id);
    const title = this.title(id);
    return keys.length > 0 ? m.common.withKey(title, keys.join(` ${m.commands.or} `)) : title;
  }
}
