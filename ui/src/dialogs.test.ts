import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import AppRoot from './App.svelte';
import { App } from './app.svelte';
import type { MockApi } from './api/mock';
import { quickMock, settled } from './api/mock/testing';

let api: MockApi;
let app: App;

const press = async (key: string, more: KeyboardEventInit = {}): Promise<void> => {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key === ' ' ? 'Space' : key;
  await fireEvent.keyDown(document.activeElement ?? document.body, { key, code, ...more });
  await settled();
};
const click = async (testid: string): Promise<void> => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
};
const fill = async (testid: string, value: string): Promise<void> => {
  await fireEvent.input(screen.getByTestId(testid), { target: { value } });
  await settled();
};
const labelNamed = (name: string) => api.project().labels.find((label) => label.name === name);
const boxesWith = (id: number) =>
  [...api.project().images.values()].flatMap((view) => view.annotations).filter((a) => a.label === id).length;

beforeEach(async () => {
  api = quickMock('ready', 12);
  app = new App(api);
  render(AppRoot, { app });
  await app.begin();
  await settled();
});

describe('labels', () => {
  beforeEach(() => press('l', { ctrlKey: true }));

  it('renames, and the boxes follow', async () => {
    const { id } = labelNamed('car') ?? { id: 0 };
    await click('label-car');
    expect(screen.getByTestId('label-save')).toHaveProperty('disabled', true);
    await fill('label-form-name', 'bus');
    expect(screen.getByTestId('label-save')).toHaveProperty('disabled', true);
    expect(screen.getByText('Another label has this name.')).toBeTruthy();
    await fill('label-form-name', 'motor car');
    await fill('label-form-key', 'V');
    await click('label-save');
    expect(api.project().labels.find((label) => label.id === id)).toMatchObject({ name: 'motor car', key: 'v' });
    expect(app.project.labels.get(id)?.name).toBe('motor car');
  });

  it('says where a letter belongs to a command and gives no label', async () => {
    await click('label-car');
    await fill('label-form-key', 'x');
    expect(screen.getByTestId('labels').textContent).toContain('X already means “Reject”');
    await fill('label-form-key', '3');
    expect(screen.getByTestId('labels').textContent).not.toContain('already means');
    await fill('label-form-key', 'v');
    expect(screen.getByTestId('labels').textContent).not.toContain('already means');
  });

  it('makes a new one with a value list', async () => {
    await click('label-new');
    await fill('label-form-name', 'tram');
    await click('attribute-add');
    expect(screen.getByTestId('label-save')).toHaveProperty('disabled', true);
    const group = within(screen.getByRole('group', { name: /Attribute/ }));
    await fireEvent.input(group.getByLabelText('Name of the attribute'), { target: { value: 'line' } });
    await fireEvent.input(group.getByLabelText('Values, one a line'), { target: { value: '1\n2' } });
    await settled();
    await click('label-save');
    const attributes = [{ name: 'line', kind: 'select', mutable: false, default: '1', values: ['1', '2'] }];
    expect(labelNamed('tram')).toMatchObject({ attributes });
  });

  it('asks where the boxes go before it deletes', async () => {
    const from = app.session.box?.label ?? 0;
    const name = app.project.labels.get(from)?.name ?? '';
    const to = api.project().labels.find((label) => label.id !== from) ?? { id: 0 };
    const before = boxesWith(from) + boxesWith(to.id);
    await click(`label-${name}`);
    await click('label-delete');
    expect(screen.getByTestId('label-delete-now')).toHaveProperty('disabled', true);
    await fireEvent.change(screen.getByTestId('label-into'), { target: { value: String(to.id) } });
    await settled();
    await click('label-delete-now');
    expect(labelNamed(name)?.archived).toBe(true);
    expect([boxesWith(from), boxesWith(to.id)]).toEqual([0, before]);
    expect(screen.queryByTestId(`label-${name}`)).toBeNull();
  });
});

describe('history', () => {
  it('says what was done, goes back to a step and forth again', async () => {
    const before = api.project().counts();
    await press('a');
    const once = api.project().counts();
    await press('x');
    await press('a');
    const all = api.project().counts();
    await press('h', { ctrlKey: true });
    const rows = () => within(screen.getByTestId('history-dialog')).getAllByRole('listitem');
    expect(rows()).toHaveLength(3);
    expect(rows()[2]?.textContent).toContain('Accepted');
    expect(rows()[2]?.textContent).toContain('Person');

    const steps = api.project().history();
    await click(`history-go-${steps[2]?.step ?? ''}`);
    expect(api.project().counts()).toEqual(once);
    await click(`history-go-${steps[0]?.step ?? ''}`);
    expect(api.project().counts()).toEqual(all);
    await click('history-start');
    expect(api.project().counts()).toEqual(before);
  });
});
