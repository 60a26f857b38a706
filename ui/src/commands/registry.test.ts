import { describe, expect, it, vi } from 'vitest';

import { bind, conflicts } from './bindings';
import { Registry, type Command, type Scope } from './registry';

const command = (id: string, scope: Scope, keys: string[], more: Partial<Command> = {}): Command => ({
  id,
  title: () => id,
  group: () => 'g',
  scope,
  keys,
  run: () => undefined,
  ...more,
});

describe('conflicts', () => {
  const found = (a: Command, b: Command) => conflicts([a, b]).map(({ key, ids }) => [key, ...ids].join(' '));

  it('are one key for two commands that a person meets at once', () => {
    expect(found(command('a', 'review', ['Space', 'A']), command('b', 'review', ['A']))).toEqual(['A a b']);
    expect(found(command('a', 'view', ['A']), command('b', 'review', ['A']))).toEqual(['A a b']);
  });

  it('are not what a mode takes over, nor what is never there together', () => {
    expect(found(command('a', 'review', ['Enter']), command('b', 'fix', ['Enter']))).toEqual([]);
    expect(found(command('a', 'review', ['Enter']), command('b', 'gallery', ['Enter']))).toEqual([]);
    expect(found(command('a', 'window', ['Enter']), command('b', 'gallery', ['Enter']))).toEqual(['Enter a b']);
  });
});

describe('the keys in force', () => {
  it('are the changed ones, then the preset, then the shipped, none twice', () => {
    const commands = [
      command('digits', 'review', ['1'], { fixed: true }),
      command('shipped', 'review', ['A', 'B', 'C', '1']),
      command('preset', 'review', ['X']),
      command('changed', 'view', ['Y']),
      command('mode', 'fix', ['A', 'B']),
    ];
    const bound = bind(commands, { preset: ['B', 'A'], changed: ['Z'] }, { changed: ['A', '1'], digits: ['Q'] });
    expect(Object.fromEntries(bound)).toEqual({
      digits: ['1'],
      changed: ['A'],
      preset: ['B'],
      shipped: ['C'],
      mode: ['A', 'B'],
    });
  });
});

describe('registry', () => {
  it('lets the topmost scope have a key', () => {
    const registry = new Registry([command('rest', 'review', ['Enter']), command('keep', 'fix', ['Enter'])]);
    expect(registry.find('Enter', new Set<Scope>(['review']))?.id).toBe('rest');
    expect(registry.find('Enter', new Set<Scope>(['review', 'fix']))?.id).toBe('keep');
    expect(registry.find('Enter', new Set<Scope>(['window']))).toBeNull();
  });

  it('does not fall through to a lower scope where the upper command is off', () => {
    const registry = new Registry([
      command('rest', 'review', ['Enter']),
      command('keep', 'fix', ['Enter'], { enabled: () => false }),
    ]);
    expect(registry.find('Enter', new Set<Scope>(['review', 'fix']))).toBeNull();
  });

  it('runs by name only what is enabled', () => {
    const run = vi.fn();
    let on = false;
    const registry = new Registry([command('a', 'window', ['F1'], { run, enabled: () => on })]);
    registry.run('a');
    expect(run).not.toHaveBeenCalled();
    on = true;
    registry.run('a');
    expect(run).toHaveBeenCalledWith('F1');
    expect(registry.hint('a')).toBe('a (F1)');
  });
});

describe('a person’s own keys', () => {
  const commands = () => [
    command('accept', 'review', ['Space', 'A']),
    command('reject', 'review', ['X']),
    command('fit', 'view', ['F']),
    command('relabel', 'review', ['1', '2'], { fixed: true }),
  ];
  const keys = (registry: Registry) =>
    Object.fromEntries(registry.commands.map(({ id }) => [id, registry.keysOf(id).join(' ')]));

  it('are taken from who had them, and are there after a restart', () => {
    const registry = new Registry(commands());
    registry.keymap.set(registry.get('reject'), ['X', 'F', 'A']);
    const want = { accept: 'Space', reject: 'X F A', fit: '', relabel: '1 2' };
    expect(keys(registry)).toEqual(want);
    expect(registry.find('F', new Set<Scope>(['review', 'view']))?.id).toBe('reject');
    expect(keys(new Registry(commands()))).toEqual(want);
  });

  it('belong to the preset they were made in', () => {
    const registry = new Registry(commands());
    registry.keymap.set(registry.get('accept'), ['Y']);
    registry.keymap.choose('labelme');
    expect(keys(registry)).toMatchObject({ accept: 'Space', reject: 'Delete X' });
    registry.keymap.choose('relook');
    expect(keys(registry)).toMatchObject({ accept: 'Y', reject: 'X' });
    registry.keymap.replace({});
    expect(keys(new Registry(commands()))).toMatchObject({ accept: 'Space A' });
  });

  it('are forgotten where they are what the preset has anyway', () => {
    const registry = new Registry(commands());
    registry.keymap.set(registry.get('reject'), ['A']);
    registry.keymap.set(registry.get('accept'), ['Space', 'A']);
    registry.keymap.set(registry.get('reject'), ['X']);
    expect(registry.keymap.changes).toEqual({});
  });

  it.each([
    ['not JSON', '{'],
    ['no object', '17'],
    ['an unknown preset', '{"preset":"emacs"}'],
    ['changes that are none', '{"preset":"relook","changes":{"relook":[1]}}'],
    ['an unknown command', '{"preset":"relook","changes":{"relook":{"fly":["K"]}}}'],
    ['keys of a command whose keys stay', '{"preset":"relook","changes":{"relook":{"relabel":["K"]}}}'],
    ['keys that are no list', '{"preset":"relook","changes":{"relook":{"accept":"K"}}}'],
  ])('from a storage with %s leave the shipped keys', (_, text) => {
    localStorage.setItem('relook.keys', text);
    expect(keys(new Registry(commands()))).toEqual({ accept: 'Space A', reject: 'X', fit: 'F', relabel: '1 2' });
  });

  it('lose only what is wrong with them', () => {
    const relook = { accept: ['K', 7, 'Ctrl+Q', 'Bogus', 'Ctrl+', 'a'], reject: ['K', 'R'], fit: [] };
    localStorage.setItem('relook.keys', JSON.stringify({ preset: 'relook', changes: { relook } }));
    expect(keys(new Registry(commands()))).toEqual({ accept: 'K', reject: 'R', fit: '', relabel: '1 2' });
  });
});
