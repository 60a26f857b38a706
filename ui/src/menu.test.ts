import { fireEvent, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { App } from './app.svelte';
import { isMode } from './commands/command';
import { key, openApp } from './testing';

let app: App;
const focused = () => (document.activeElement as HTMLElement).dataset['testid'];

beforeEach(async () => {
  app = await openApp();
});

describe('menu', () => {
  it('runs a command by keys and gives the keyboard back', async () => {
    screen.getByTestId('tab-queue').focus();
    await key('F10');
    expect(focused()).toBe('menu-project');
    await key('v');
    expect(focused()).toBe('menu-view');
    await key('ArrowRight');
    const first = focused();
    expect(first).toMatch(/^menu-item-/);
    await key('End');
    expect(focused()).not.toBe(first);
    await key('ArrowDown');
    expect(focused()).toBe(first);
    await key('h');
    expect(focused()).toBe('menu-item-hide');
    await key('Enter');
    expect(app.looks.hidden).toBe(true);
    expect(screen.queryByTestId('menu-list')).toBeNull();
    expect(focused()).toBe('tab-queue');
  });

  it('goes out a level at a time', async () => {
    await key('F10');
    await key('ArrowDown');
    await key('ArrowDown');
    await key('Enter');
    expect(focused()).toBe('menu-item-undo');
    await key('ArrowLeft');
    expect(focused()).toBe('menu-edit');
    await key('ArrowRight');
    await key('Escape');
    expect(focused()).toBe('menu-edit');
    await key('Escape');
    expect(screen.queryByTestId('menu-list')).toBeNull();
    expect(document.activeElement).toBe(document.body);
  });

  it('shows what cannot be done now and does not do it', async () => {
    await key('F10');
    await key('e');
    await key('ArrowRight');
    const undo = screen.getByTestId('menu-item-undo');
    expect(undo.getAttribute('aria-disabled')).toBe('true');
    await key('Enter');
    expect(screen.getByTestId('menu-list')).toBeTruthy();
  });

  it('decides nothing while it is open', async () => {
    await key('F10');
    for (const name of ['a', 'x', 'm', '1']) await key(name);
    expect(app.counts).toMatchObject({ accepted: 0, rejected: 0, fixed: 0 });
  });

  it('opens and closes by the mouse, which leaves no button with the keyboard', async () => {
    await fireEvent.click(screen.getByTestId('menu'));
    await fireEvent.pointerDown(document.body);
    expect(screen.queryByTestId('menu-list')).toBeNull();
    await fireEvent.click(screen.getByTestId('menu'), { detail: 1 });
    await fireEvent.click(screen.getByTestId('menu-view'), { detail: 1 });
    await fireEvent.click(await screen.findByTestId('menu-item-hide'), { detail: 1 });
    expect(app.looks.hidden).toBe(true);
    expect(document.activeElement).toBe(document.body);
  });

  it('has every command that makes sense in it', async () => {
    await key('F10');
    const found: string[] = [];
    for (const section of screen.getAllByRole('menuitem')) {
      await fireEvent.click(section);
      for (const item of await screen.findAllByTestId(/^menu-item-/)) found.push(item.dataset['testid'] ?? '');
    }
    const want = app.registry.commands
      .filter(({ id, fixed, scope }) => !fixed && !isMode(scope) && id !== 'menu')
      .map(({ id }) => `menu-item-${id}`);
    expect(found.sort()).toEqual(want.sort());
  });
});
