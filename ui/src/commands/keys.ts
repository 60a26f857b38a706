// Keys as text: `Ctrl+Shift+Z`, `Space`, `?`, `Shift+Tab`, `ArrowLeft`.

/** The parts of a keyboard event that name a key. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const NAMES: Record<string, string> = { ' ': 'Space', Spacebar: 'Space', Esc: 'Escape', Del: 'Delete' };

const MODIFIERS = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'ScrollLock', 'Fn', 'Dead'];

/** Whether what was pressed only changes what other keys mean. */
export const isModifier = (press: KeyPress): boolean => MODIFIERS.includes(press.key);

function modifiers(press: KeyPress): string[] {
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  if (press.altKey) parts.push('Alt');
  return parts;
}

/**
 * The name of what was pressed, as the registry writes it; `null` for a modifier alone.
 *
 * Letters go by what is printed on the key where that is Latin, else by the key's place, so that commands work with a
 * Greek or Cyrillic layout too. Shift counts only where it does not already make the character (`?` is `?`).
 */
export function nameOf(press: KeyPress): string | null {
  if (isModifier(press)) return null;
  const parts = modifiers(press);
  let key = NAMES[press.key] ?? press.key;
  let shift = press.shiftKey;
  if (/^[a-z]$/i.test(key)) {
    key = key.toUpperCase();
  } else if (/^Numpad[0-9]$/.test(press.code) && /^[0-9]$/.test(key)) {
    shift = false;
  } else if (key.length === 1 && /^Key[A-Z]$/.test(press.code)) {
    key = press.code.slice(3);
  } else if (key.length === 1) {
    shift = false;
  }
  if (shift) parts.push('Shift');
  parts.push(key);
  return parts.join('+');
}

/** The modifiers held so far, `Ctrl+Shift`; empty where none is. */
export function heldOf(press: KeyPress): string {
  return [...modifiers(press), ...(press.shiftKey ? ['Shift'] : [])].join('+');
}

const NAMED = new Set([
  ...['Space', 'Enter', 'Tab', 'Backspace', 'Delete', 'Insert', 'Home', 'End', 'PageUp', 'PageDown'],
  ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'],
  ...Array.from({ length: 24 }, (_, n) => `F${n + 1}`),
]);

/** What the desktop or the window itself does, before or whatever a page says. */
const SYSTEM = new Set(['Alt+F4', 'Alt+Tab', 'Alt+Shift+Tab', 'Alt+Space', 'Ctrl+Q', 'Ctrl+W', 'F11']);

/** Why a command cannot have a key: it belongs to the system, or there is no such key; `null`: it can. */
export function refusal(name: string): 'system' | 'unknown' | null {
  if (SYSTEM.has(name)) return 'system';
  const key = name.replace(/^(Ctrl\+)?(Alt\+)?(Shift\+)?(?=.)/u, '');
  return NAMED.has(key) || /^[^a-z\s\p{C}]$/u.test(key) ? null : 'unknown';
}
