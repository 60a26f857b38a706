import { describe, expect, it, vi } from 'vitest';

import { conflicts, Registry, type Command, type Scope } from './registry';

const command = (id: string, scope: Scope, keys: string[], more: Partial<Command> = {}): Command => ({
  id,
  title: id,
  group: 'g',
  scope,
  keys,
  run: () => undefined,
  ...more,
});

describe('registry', () => {
  it('finds keys claimed twice in one scope, and only there', () => {
    const twice = [command('a', 'review', ['Space', 'A']), command('b', 'review', ['A'])];
    expect(conflicts(twice)).toEqual([{ key: 'A', scope: 'review', ids: ['a', 'b'] }]);
    expect(() => new Registry(twice)).toThrow('Key A is both a and b in review');
    expect(conflicts([command('a', 'review', ['Enter']), command('b', 'fix', ['Enter'])])).toEqual([]);
  });

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
