// Which command has which keys: what is shipped, what a preset makes of it, what a person changed.

import { meet, type Command } from './command';

/** Keys by command; a command that is not named keeps what it has. */
export type Changes = Readonly<Record<string, readonly string[]>>;

/** Two commands that ship with one key in scopes that meet. */
export type Conflict = { key: string; ids: [string, string] };

export function conflicts(commands: readonly Command[]): Conflict[] {
  const claims = commands.flatMap((command) => command.keys.map((key) => ({ key, command })));
  return claims.flatMap(({ key, command }, n) =>
    claims
      .slice(0, n)
      .filter((other) => other.key === key && meet(other.command.scope, command.scope))
      .map((other): Conflict => ({ key, ids: [other.command.id, command.id] })),
  );
}

/**
 * The keys in force. No key ever has two commands where both could be meant: fixed keys come first, then what a person
 * changed, then what the preset says, then what is shipped, and who comes later goes without.
 */
export function bind(
  commands: readonly Command[],
  preset: Changes,
  changes: Changes,
): ReadonlyMap<string, readonly string[]> {
  const sources = [
    (command: Command) => (command.fixed ? command.keys : undefined),
    (command: Command) => changes[command.id],
    (command: Command) => preset[command.id],
    (command: Command) => command.keys,
  ];
  const holders = new Map<string, Command[]>();
  const bound = new Map<string, readonly string[]>();
  for (const source of sources) {
    for (const command of commands) {
      const wanted = bound.has(command.id) ? undefined : source(command);
      if (!wanted) continue;
      const got = wanted.filter((key) => {
        const held = holders.get(key) ?? [];
        if (held.some((other) => meet(other.scope, command.scope))) return false;
        holders.set(key, [...held, command]);
        return true;
      });
      bound.set(command.id, got);
    }
  }
  return bound;
}
