// From a key press to a command, leaving alone what belongs to text fields and focused controls.

import { nameOf } from './keys';
import type { Registry, Scope } from './registry';

const TYPING = new Set(['text', 'search', 'number', 'url', 'email', 'password', 'tel']);

/** Whether keys pressed in `target` are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return true;
  return target instanceof HTMLInputElement && TYPING.has(target.type);
}

/** Whether `target` has its own use for Space, Enter, Tab and arrows. */
function isControl(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest('button, input, select, textarea, a[href], summary, [role="radio"], [role="tab"]') !== null;
}

/** What writes nothing, and of that what a text field uses itself. */
const COMMANDING = /^(Ctrl\+|F[0-9])/;
const EDITING = /^Ctrl\+(Shift\+)?([ZYAXCV]|Arrow.*|Home|End|Backspace|Delete)$/;

const CONTROL_KEYS = new Set(['Space', 'Enter', 'Tab', 'Shift+Tab']);

export type Listening = {
  registry: Registry;
  /** The scopes that count now. */
  active: () => ReadonlySet<Scope>;
};

/** Handles one key press; true when a command took it. */
export function press(event: KeyboardEvent, { registry, active }: Listening): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const name = nameOf(event);
  if (name === null) return false;
  const { target } = event;
  if (isTyping(target) && (!COMMANDING.test(name) || EDITING.test(name))) return false;
  if (target instanceof Element && target.closest('dialog, [data-layer]')) return false;
  if (isControl(target) && (CONTROL_KEYS.has(name) || name.startsWith('Arrow'))) return false;
  if (target instanceof HTMLSelectElement) return false;
  const command = registry.find(name, active());
  if (!command) return false;
  event.preventDefault();
  if (event.repeat && !command.repeats) return true;
  command.run(name);
  return true;
}
