// One list of everything a key, a button or the keys sheet can do.

/**
 * Where a command's keys count. Scopes lie on top of each other: the topmost active one that knows a key takes it, so
 * the same key may mean two things in two scopes, never in one.
 */
export type Scope = 'aim' | 'fix' | 'review' | 'images' | 'view' | 'project' | 'window';

/** Topmost first. */
export const SCOPES: readonly Scope[] = ['aim', 'fix', 'review', 'images', 'view', 'project', 'window'];

export type Command = {
  id: string;
  title: string;
  /** Heading in the keys sheet. */
  group: string;
  scope: Scope;
  /** The first is shown on buttons. */
  keys: readonly string[];
  /** Whether it would do something now; always, where absent. */
  enabled?: () => boolean;
  /** Whether holding the key repeats it; a decision never does. */
  repeats?: boolean;
  run: (key: string) => void;
};

/** Two commands of one scope that claim the same key. */
export type Conflict = { key: string; scope: Scope; ids: [string, string] };

export function conflicts(commands: readonly Command[]): Conflict[] {
  const taken = new Map<string, string>();
  const found: Conflict[] = [];
  for (const command of commands) {
    for (const key of command.keys) {
      const place = `${command.scope} ${key}`;
      const other = taken.get(place);
      if (other !== undefined) found.push({ key, scope: command.scope, ids: [other, command.id] });
      else taken.set(place, command.id);
    }
  }
  return found;
}

export class Registry {
  private readonly byId = new Map<string, Command>();
  private readonly byKey = new Map<string, Command>();

  constructor(readonly commands: readonly Command[]) {
    const clash = conflicts(commands)[0];
    if (clash) throw new Error(`Key ${clash.key} is both ${clash.ids[0]} and ${clash.ids[1]} in ${clash.scope}`);
    for (const command of commands) {
      this.byId.set(command.id, command);
      for (const key of command.keys) this.byKey.set(`${command.scope} ${key}`, command);
    }
  }

  /** The command that `key` starts where `active` scopes lie; `null`: none, or it would do nothing now. */
  find(key: string, active: ReadonlySet<Scope>): Command | null {
    for (const scope of SCOPES) {
      if (!active.has(scope)) continue;
      const command = this.byKey.get(`${scope} ${key}`);
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

  run(id: string): void {
    const command = this.get(id);
    if (command.enabled?.() ?? true) command.run(command.keys[0] ?? '');
  }

  /** The key shown on a button. */
  keyOf(id: string): string | undefined {
    return this.get(id).keys[0];
  }

  /** A tooltip: the title and all its keys. */
  hint(id: string): string {
    const { title, keys } = this.get(id);
    return keys.length > 0 ? `${title} (${keys.join(' or ')})` : title;
  }
}
