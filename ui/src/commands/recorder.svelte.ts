// Giving a command another key: press it, and decide whose it is to be where it is somebody's already.

import { m } from '../shared/i18n/index.svelte';
import type { Command } from './command';
import type { Keymap } from './keymap.svelte';
import { heldOf, isModifier, nameOf, refusal, type KeyPress } from './keys';

type State =
  | { at: 'rest' }
  /** Waits for the key that shall stand for `old`, or come in addition. */
  | { at: 'press'; command: Command; old: string | null; held: string; problem: (() => string) | null }
  /** Waits for the word whether the command shall have keys of others. */
  | { at: 'taken'; command: Command; keys: readonly string[]; others: readonly Command[]; from: string | null };

export class Recorder {
  state = $state.raw<State>({ at: 'rest' });

  /** `onend` hears for which command and key things came to rest, so that the keyboard can go there. */
  constructor(
    private readonly keymap: Keymap,
    private readonly onend: (command: Command, key: string | null) => void,
  ) {}

  start(command: Command, old: string | null): void {
    this.state = { at: 'press', command, old, held: '', problem: null };
  }

  /** Whether this key of a command, or its next one, is being pressed. */
  waitsFor(command: Command, old: string | null): boolean {
    const { state } = this;
    return state.at === 'press' && state.command.id === command.id && state.old === old;
  }

  press(event: KeyPress & { repeat: boolean }): void {
    const { state } = this;
    if (state.at !== 'press' || event.repeat) return;
    if (isModifier(event)) {
      this.state = { ...state, held: heldOf(event), problem: null };
      return;
    }
    const key = nameOf(event) ?? '';
    if (key === 'Escape') return this.stop();
    const { command, old } = state;
    const why = refusal(key);
    const owner = this.keymap.holders(key, command).find((other) => other.fixed);
    if (why) this.state = { ...state, held: '', problem: () => m.commands.keys[why](key) };
    else if (owner) this.state = { ...state, held: '', problem: () => m.commands.keys.fixed(key, owner.title(m)) };
    else {
      const keys = this.keymap.keysOf(command);
      this.want(command, old === null ? [...keys, key] : keys.map((other) => (other === old ? key : other)), key);
    }
  }

  /** A modifier was let go and nothing was pressed with it. */
  release(event: KeyPress): void {
    const { state } = this;
    if (state.at !== 'press' || !isModifier(event) || state.held === '') return;
    const { held } = state;
    this.state = { ...state, held: '', problem: () => m.commands.keys.modifier(held) };
  }

  /** Gives a command these keys; asks first where that takes some from others. */
  want(command: Command, keys: readonly string[], from: string | null): void {
    const others = [...new Set(keys.flatMap((key) => this.keymap.holders(key, command)))];
    if (others.length > 0) this.state = { at: 'taken', command, keys, others, from };
    else this.give(command, keys, from);
  }

  take(): void {
    if (this.state.at === 'taken') this.give(this.state.command, this.state.keys, this.state.from);
  }

  /** Takes a key away. */
  remove(command: Command, key: string): void {
    this.give(
      command,
      this.keymap.keysOf(command).filter((other) => other !== key),
      null,
    );
  }

  /** Everything stays as it was. */
  stop(): void {
    const { state } = this;
    this.state = { at: 'rest' };
    if (state.at === 'press') this.onend(state.command, state.old);
    if (state.at === 'taken') this.onend(state.command, null);
  }

  private give(command: Command, keys: readonly string[], key: string | null): void {
    this.keymap.set(command, keys);
    this.state = { at: 'rest' };
    this.onend(command, key);
  }
}
