// The keys in force and the person's own changes to them, kept from one start to the next.

import { readPref, writePref } from '../shared/prefs';
import { bind, type Changes } from './bindings';
import { meet, type Command, type Scope } from './command';
import { refusal } from './keys';
import { PRESETS, PRESET_NAMES, type PresetName } from './presets';

/** Each preset has its own changes, so that trying another one loses nothing. */
type Stored = { preset: PresetName; changes: Partial<Record<PresetName, Changes>> };

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What was stored, without what this version does not know. */
function read(commands: readonly Command[]): Stored {
  const stored = readPref('keys', {}, isRecord);
  const all = isRecord(stored['changes']) ? stored['changes'] : {};
  const changesOf = (preset: PresetName): Changes => {
    const changes = all[preset];
    if (!isRecord(changes)) return {};
    return Object.fromEntries(
      commands.flatMap(({ id, fixed }) => {
        const keys = changes[id];
        if (fixed || !Array.isArray(keys)) return [];
        return [[id, keys.filter((key): key is string => typeof key === 'string' && refusal(key) === null)]];
      }),
    );
  };
  return {
    preset: PRESET_NAMES.find((name) => name === stored['preset']) ?? 'relook',
    changes: Object.fromEntries(PRESET_NAMES.map((name) => [name, changesOf(name)])),
  };
}

export class Keymap {
  private stored = $state.raw<Stored>({ preset: 'relook', changes: {} });
  private readonly plain = $derived.by(() => bind(this.commands, PRESETS[this.preset], {}));
  private readonly bound = $derived.by(() => bind(this.commands, PRESETS[this.preset], this.changes));
  private readonly byKey = $derived.by(() => {
    const found = new Map<string, Command>();
    for (const command of this.commands) {
      for (const key of this.keysOf(command)) found.set(`${command.scope} ${key}`, command);
    }
    return found;
  });

  constructor(private readonly commands: readonly Command[]) {
    this.stored = read(commands);
  }

  get preset(): PresetName {
    return this.stored.preset;
  }

  choose(preset: PresetName): void {
    this.store({ ...this.stored, preset });
  }

  /** What the person changed of this preset. */
  get changes(): Changes {
    return this.stored.changes[this.preset] ?? {};
  }

  /** Other changes instead; none at all: everything as the preset has it. */
  replace(changes: Changes): void {
    this.store({ ...this.stored, changes: { ...this.stored.changes, [this.preset]: changes } });
  }

  keysOf(command: Command): readonly string[] {
    return this.bound.get(command.id) ?? [];
  }

  /** What the preset gives a command. */
  plainOf(command: Command): readonly string[] {
    return this.plain.get(command.id) ?? [];
  }

  isChanged(command: Command): boolean {
    return !same(this.keysOf(command), this.plainOf(command));
  }

  /** The command that a key starts in a scope. */
  at(key: string, scope: Scope): Command | null {
    return this.byKey.get(`${scope} ${key}`) ?? null;
  }

  /** Who else has a key where `command` would be met too. */
  holders(key: string, command: Command): Command[] {
    return this.commands.filter(
      (other) => other.id !== command.id && meet(other.scope, command.scope) && this.keysOf(other).includes(key),
    );
  }

  /** Gives a command exactly these keys, and takes them from whoever has them. */
  set(command: Command, keys: readonly string[]): void {
    const changes: Record<string, readonly string[]> = { ...this.changes };
    const give = (to: Command, what: readonly string[]) => {
      if (same(what, this.plainOf(to))) delete changes[to.id];
      else changes[to.id] = what;
    };
    for (const other of new Set(keys.flatMap((key) => this.holders(key, command)))) {
      give(
        other,
        this.keysOf(other).filter((key) => !keys.includes(key)),
      );
    }
    give(command, [...new Set(keys)]);
    this.replace(changes);
  }

  private store(stored: Stored): void {
    this.stored = stored;
    writePref('keys', stored);
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, n) => key === b[n]);
}
