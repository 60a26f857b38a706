import { describe, expect, it } from 'vitest';

import { nameOf, refusal, type KeyPress } from './keys';

const press = (key: string, code: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('key names', () => {
  it.each([
    [press(' ', 'Space'), 'Space'],
    [press('a', 'KeyA'), 'A'],
    [press('A', 'KeyA', { shiftKey: true }), 'Shift+A'],
    [press('?', 'Slash', { shiftKey: true }), '?'],
    [press('/', 'Digit7', { shiftKey: true }), '/'],
    [press('z', 'KeyZ', { ctrlKey: true }), 'Ctrl+Z'],
    [press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+Z'],
    [press('z', 'KeyZ', { metaKey: true }), 'Ctrl+Z'],
    [press('Tab', 'Tab', { shiftKey: true }), 'Shift+Tab'],
    [press('3', 'Numpad3'), '3'],
    [press('ф', 'KeyA'), 'A'],
    [press('я', 'KeyZ', { ctrlKey: true }), 'Ctrl+Z'],
    [press('ArrowLeft', 'ArrowLeft', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+ArrowLeft'],
    [press('Shift', 'ShiftLeft', { shiftKey: true }), null],
    [press('CapsLock', 'CapsLock'), null],
  ])('%o', (event, want) => {
    expect(nameOf(event)).toBe(want);
  });
});

describe('what can be a key', () => {
  it.each(['A', 'Ctrl+Shift+Z', 'Space', '?', '+', 'Ctrl++', 'Alt+ArrowLeft', 'F12', 'é', 'Shift+Tab', '/'])(
    '%s',
    (key) => {
      expect(refusal(key)).toBeNull();
    },
  );

  it.each(['a', '', 'Ctrl+', 'Ctrl', 'Bogus', 'Ctrl+Bogus', ' ', 'Escape', 'F25', 'AB', 'Shift+Ctrl+A'])(
    'not %s',
    (key) => {
      expect(refusal(key)).toBe('unknown');
    },
  );

  it.each(['Ctrl+Q', 'Alt+F4', 'F11'])('not %s, which is the system’s', (key) => {
    expect(refusal(key)).toBe('system');
  });
});
