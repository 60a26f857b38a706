import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { language } from './shared/i18n/index.svelte';
import { key, openApp, type } from './testing';

let app: App;
const said = () => screen.getByTestId('keys-say').textContent;
const caps = (id: string) => screen.queryAllByTestId(`key-${id}`);
const focused = () => (document.activeElement as HTMLElement).dataset;
const keysOf = (id: string) => app.registry.keysOf(id);

beforeEach(async () => {
  app = await openApp();
  await key('?');
});
afterEach(() => language.choose('en'));

/** Starts waiting for a key: for another one, or instead of the nth. */
async function change(id: string, nth: number | null = null): Promise<void> {
  (nth === null ? screen.getByTestId(`key-add-${id}`) : caps(id)[nth])?.focus();
  await key('Enter');
}

describe('keys sheet', () => {
  it('changes a key by pressing another, at once everywhere', async () => {
    await change('accept', 0);
    expect(said()).toContain('Press the new key for “Accept”');
    await key('y');
    expect(keysOf('accept')).toEqual(['Y', 'A']);
    expect(focused()).toMatchObject({ command: 'accept', key: 'Y' });
    await key('Escape');
    expect(screen.queryByTestId('keys-sheet')).toBeNull();
    const button = screen.getByTestId('do-accept');
    expect(button.textContent).toContain('Y');
    expect(button.title).toBe('Accept (Y or A)');
    await key(' ');
    expect(app.counts?.accepted).toBe(0);
    await key('y');
    expect(app.counts?.accepted).toBe(1);
  });

  it('adds keys with modifiers, and takes keys away', async () => {
    await change('hide');
    await key('Control');
    expect(said()).toContain('Ctrl alone is not enough');
    await key('Ctrl+Shift+h');
    expect(keysOf('hide')).toEqual(['H', 'Ctrl+Shift+H']);
    caps('hide')[0]?.focus();
    await key('Delete');
    expect(keysOf('hide')).toEqual(['Ctrl+Shift+H']);
    await change('hide', 0);
    await fireEvent.click(screen.getByTestId('keys-remove'));
    await settled();
    expect(keysOf('hide')).toEqual([]);
    expect(focused()['testid']).toBe('key-add-hide');
  });

  it('records Tab, Space, Enter and Delete like any key, and leaves with Escape', async () => {
    for (const name of ['next', 'accept', 'accept-rest', 'reject']) {
      for (const cap of caps(name)) {
        cap.focus();
        await key('Delete');
      }
    }
    for (const [id, pressed, want] of [
      ['dim', 'Tab', 'Tab'],
      ['fit', ' ', 'Space'],
      ['all', 'Enter', 'Enter'],
      ['hide', 'Delete', 'Delete'],
    ] as const) {
      await change(id, 0);
      await key(pressed);
      expect(keysOf(id)[0]).toBe(want);
    }
    await change('hide', 0);
    await key('Escape');
    expect(keysOf('hide')).toEqual(['Delete']);
    expect(screen.getByTestId('keys-sheet')).toBeTruthy();
    expect(focused()).toMatchObject({ command: 'hide', key: 'Delete' });
  });

  it('asks before it takes a key over', async () => {
    await change('accept');
    await key('f');
    expect(said()).toBe('F is “Whole image” now. Give it to “Accept” instead?');
    expect(document.activeElement).toBe(screen.getByTestId('keys-take'));
    await key('Escape');
    expect([keysOf('accept'), keysOf('fit')]).toEqual([
      ['Space', 'A'],
      ['F', '0'],
    ]);
    await change('accept');
    await key('f');
    await key('Enter');
    expect([keysOf('accept'), keysOf('fit')]).toEqual([['Space', 'A', 'F'], ['0']]);
    expect(focused()).toMatchObject({ command: 'accept', key: 'F' });
  });

  it('lets a mode have a key that means something else beneath it', async () => {
    await change('draw-middle');
    await key('f');
    expect(keysOf('draw-middle')).toEqual(['Enter', 'Space', 'F']);
    expect(keysOf('fit')).toEqual(['F', '0']);
  });

  it('refuses what the system needs and what always stays, with the reason', async () => {
    await change('accept', 1);
    await key('Ctrl+q');
    expect(said()).toContain('Ctrl+Q belongs to the system');
    await key('3');
    expect(said()).toContain('3 always stays with “Relabel”');
    await key('Dead');
    await key('AudioVolumeUp');
    expect(said()).toContain('AudioVolumeUp cannot be used');
    await key('v');
    expect(keysOf('accept')).toEqual(['Space', 'V']);
  });

  it('brings one command back, from who has its keys by now', async () => {
    await change('reject');
    await key('a');
    await key('Enter');
    expect(keysOf('accept')).toEqual(['Space']);
    screen.getByTestId('key-reset-accept').focus();
    await key('Enter');
    expect(said()).toBe('A is “Reject” now. Give it to “Accept” instead?');
    await key('Enter');
    expect([keysOf('accept'), keysOf('reject')]).toEqual([
      ['Space', 'A'],
      ['X', 'Delete'],
    ]);
    expect(screen.queryByTestId('key-reset-accept')).toBeNull();
  });

  it('resets all, and takes that back', async () => {
    await change('accept', 0);
    await key('y');
    screen.getByTestId('keys-reset-all').focus();
    await key('Enter');
    expect(keysOf('accept')).toEqual(['Space', 'A']);
    await fireEvent.click(screen.getByTestId('keys-bring-back'));
    expect(keysOf('accept')).toEqual(['Y', 'A']);
  });

  it('has presets', async () => {
    screen.getByTestId('preset-cvat').focus();
    await key('Enter');
    expect(caps('next-image').map((cap) => cap.dataset['key'])).toEqual(['F', ']']);
    expect(screen.getByTestId('preset-cvat').getAttribute('aria-checked')).toBe('true');
  });

  it('finds a command by its name or by its key', async () => {
    expect(focused()['testid']).toBe('keys-filter');
    await type('ctrl+e');
    expect(caps('export')).toHaveLength(1);
    expect(caps('accept')).toHaveLength(0);
    await type('occl');
    expect(caps('occluded')).toHaveLength(1);
    expect(caps('export')).toHaveLength(0);
  });

  it('follows the language', async () => {
    language.choose('id');
    await settled();
    const sheet = screen.getByTestId('keys-sheet');
    expect(within(sheet).getByText('Pintasan keyboard', { selector: 'h2' })).toBeTruthy();
    for (const { id } of app.registry.commands) expect(sheet.textContent).toContain(app.registry.title(id));
  });
});
