// Keys as text: `Ctrl+Shift+Z`, `Space`, `?`, `Shift+Tab`, `ArrowLeft`.

/** The parts of a keyboard event that name a key. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

const NAMES: Record<string, string> = { ' ': 'Space', Spacebar: 'Space', Esc: 'Escape', Del: 'Delete' };

/**
 * The name of what was pressed, as the registry writes it; `null` for a modifier alone.
 *
 * Letters go by what is printed on the key where that is Latin, else by the key's place, so that commands work with a
 * Greek or Cyrillic layout too. Shift counts only where it does not already make the character (`?` is `?`).
 */
export function nameOf(press: KeyPress): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead'].includes(press.key)) return null;
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  if (press.altKey) parts.push('Alt');
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
