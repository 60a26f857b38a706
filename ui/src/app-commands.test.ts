import { describe, expect, it } from 'vitest';

import { quickMock } from './api/mock/testing';
import { App } from './app.svelte';
import { conflicts } from './commands/bindings';
import { refusal } from './commands/keys';
import { PRESETS, PRESET_NAMES } from './commands/presets';
import { en } from './shared/i18n/en';
import { id as indonesian } from './shared/i18n/id';

const { registry } = new App(quickMock('ready', 3));
const { commands, keymap } = registry;

describe('the commands of the window', () => {
  it('have ids that are words and are there once', () => {
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('have a title and a group in each language, no two the same title', () => {
    for (const language of [en, indonesian]) {
      const titles = commands.map((command) => command.title(language));
      expect(new Set(titles).size).toBe(titles.length);
      for (const command of commands) expect(command.title(language) && command.group(language)).toMatch(/\S/);
    }
  });

  it('have keys that can be pressed, none for two at once', () => {
    expect(conflicts(commands)).toEqual([]);
    for (const { id, keys } of commands) {
      if (id !== 'escape') expect(keys.filter((key) => refusal(key) !== null)).toEqual([]);
    }
  });
});

describe.each(PRESET_NAMES)('the preset %s', (preset) => {
  it('names commands that there are, and gives each the keys it names', () => {
    keymap.choose(preset);
    for (const [id, keys] of Object.entries(PRESETS[preset])) {
      expect(registry.get(id).fixed, id).toBeUndefined();
      expect(registry.keysOf(id), id).toEqual(keys);
    }
  });

  it('leaves each key one meaning, and no command without a key that had one', () => {
    keymap.choose(preset);
    const bound = commands.map((command) => ({ ...command, keys: keymap.keysOf(command) }));
    expect(conflicts(bound)).toEqual([]);
    expect(bound.filter(({ id, keys }) => keys.length === 0 && registry.get(id).keys.length > 0)).toEqual([]);
  });
});
