import { fireEvent, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';

import type { App } from './app.svelte';
import { language } from './shared/i18n/index.svelte';
import { key, openApp, type } from './testing';

const input = () => screen.getByTestId('palette-input');
const shown = () =>
  within(screen.getByTestId('palette'))
    .getAllByRole('option')
    .map(({ dataset }) => dataset['testid']);
const chosen = () => {
  const id = input().getAttribute('aria-activedescendant') ?? '';
  return document.getElementById(id)?.dataset['testid'];
};
const open = async (): Promise<App> => {
  const app = await openApp();
  await key('Ctrl+k');
  return app;
};

afterEach(() => language.choose('en'));

describe('palette', () => {
  it('runs what a few letters find', async () => {
    const app = await open();
    expect(document.activeElement).toBe(input());
    await type('dim');
    expect(chosen()).toBe('palette-item-dim');
    expect(screen.getByTestId('palette-item-dim').textContent).toContain('D');
    const before = app.looks.dim.queue;
    await key('Enter');
    expect(screen.queryByTestId('palette')).toBeNull();
    expect(app.looks.dim.queue).toBe(!before);
  });

  it('goes through the list by arrows, round its ends', async () => {
    await open();
    await type('zoom');
    expect(shown()).toEqual(['palette-item-zoom-in', 'palette-item-zoom-out']);
    await key('ArrowDown');
    expect(chosen()).toBe('palette-item-zoom-out');
    await key('ArrowDown');
    expect(chosen()).toBe('palette-item-zoom-in');
    await key('ArrowUp');
    expect(chosen()).toBe('palette-item-zoom-out');
    await type('nothing is called so');
    await key('ArrowDown');
    await key('Enter');
    expect(screen.getByTestId('palette').textContent).toContain('No command is called that');
  });

  it('shows what cannot be done now, and does not do it', async () => {
    const app = await open();
    await type('keep the change');
    const item = screen.getByTestId('palette-item-fix-done');
    expect(item.getAttribute('aria-disabled')).toBe('true');
    await key('Enter');
    await fireEvent.click(item);
    expect(screen.getByTestId('palette')).toBeTruthy();
    await key('Escape');
    await key('e');
    expect(app.session.fixing).not.toBeNull();
    await key('Ctrl+k');
    await type('keep the change');
    await key('Enter');
    expect(app.session.fixing).toBeNull();
  });

  it('begins with what was used last', async () => {
    const { registry } = await open();
    await type(registry.title('hide'));
    await key('Enter');
    await key('Ctrl+k');
    await type(registry.title('export'));
    await key('Enter');
    await key('Escape');
    await key('Ctrl+k');
    expect(shown().slice(0, 2)).toEqual(['palette-item-export', 'palette-item-hide']);
  });

  it('gives the keyboard back to where it was', async () => {
    await openApp();
    screen.getByTestId('tab-queue').focus();
    await key('Ctrl+k');
    await key('Escape');
    expect(screen.queryByTestId('palette')).toBeNull();
    expect(document.activeElement).toBe(screen.getByTestId('tab-queue'));
  });

  it('is reached from a text field, which keeps the keys that edit it', async () => {
    const app = await openApp();
    await key('i');
    const field = screen.getByTestId('image-filter');
    field.focus();
    await key('e');
    await key('Ctrl+ArrowLeft');
    expect(app.session.fixing).toBeNull();
    await key('Ctrl+k');
    expect(document.activeElement).toBe(input());
    await key('Escape');
    expect(document.activeElement).toBe(field);
  });

  it('does not stand in the way of a command that takes the keyboard', async () => {
    await open();
    await type('search a label');
    await key('Enter');
    expect(document.activeElement).toBe(screen.getByTestId('label-input'));
  });

  it('decides nothing while keys are typed', async () => {
    const app = await open();
    for (const name of [' ', 'a', 'x', 'm', 'Tab']) await key(name);
    expect(app.counts).toMatchObject({ accepted: 0, rejected: 0 });
  });

  it('finds in the language shown and in English, and follows the language at once', async () => {
    const app = await open();
    await type('bahasa');
    await key('Enter');
    expect(language.current).toBe('id');
    await key('Ctrl+k');
    expect(input().getAttribute('placeholder')).toBe('Apa yang ingin Anda lakukan?');
    await type('redupkan');
    expect(shown()).toEqual(['palette-item-dim']);
    await type('whole image');
    expect(shown()).toEqual(['palette-item-fit']);
    expect(screen.getByTestId('palette-item-fit').textContent).toMatch(/Seluruh gambar.*Whole image/);
    expect(app.registry.hint('undo')).toBe('Urungkan (Ctrl+Z)');
  });

  it('is there without a project, with what can be done without one', async () => {
    const app = await openApp('none');
    await key('Ctrl+k');
    await type('accept');
    await key('Enter');
    expect(screen.getByTestId('palette')).toBeTruthy();
    const before = app.theme.choice;
    await type('light, dark');
    await key('Enter');
    expect(app.theme.choice).not.toBe(before);
  });
});
