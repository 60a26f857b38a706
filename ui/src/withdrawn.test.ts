// A click where a model saw something too weak to show takes that, instead of drawing it anew.

import { screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { AnnotationView, Point } from './api';
import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;
let weak: AnnotationView;

const all = () => [...api.project().images.values()].flatMap((view) => view.annotations);
const stored = (id: number) => all().find((box) => box.id === id);
const middle = ({ rect }: AnnotationView): Point => ({ x: (rect.x1 + rect.x2) / 2, y: (rect.y1 + rect.y2) / 2 });
const take = async (at: Point): Promise<boolean> => {
  const taken = app.session.takeWithdrawn(at);
  await settled();
  return taken;
};

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
  const found = all().find((box) => box.state === 'pending' && box.standing === 'withdrawn');
  if (!found) throw new Error('The models withdrew nothing');
  weak = found;
  await key('i');
  await app.session.open(weak.image);
  await settled();
});

describe('what a model saw and withdrew', () => {
  it('is taken where it is clicked, as one step that says so', async () => {
    const { focus } = app.session;
    const sent = api.sent.length;
    const offered = app.session.withdrawnAt(middle(weak));
    expect(offered?.id).toBe(weak.id);
    expect(await take(middle(weak))).toBe(true);
    expect(stored(weak.id)).toMatchObject({ state: 'accepted', label: weak.label, rect: weak.rect, origin: weak.origin });
    expect(api.sent.slice(sent).filter((command) => command.startsWith('act'))).toEqual(['act:accept']);
    expect(screen.getByTestId('toasts').textContent).toContain('Took what a model saw there');
    expect(screen.queryByTestId('label-input')).toBeNull();
    expect(app.session.focus).toEqual(focus);

    await key('Ctrl+z');
    expect(stored(weak.id)).toMatchObject({ state: 'pending', standing: 'withdrawn' });
  });

  it('is taken once: the same place offers it no more, and offers it again once that is undone', async () => {
    await take(middle(weak));
    expect(app.session.withdrawnAt(middle(weak))?.id).not.toBe(weak.id);
    await key('Ctrl+z');
    expect(app.session.withdrawnAt(middle(weak))?.id).toBe(weak.id);
  });

  it('is not taken where there is none: the click draws', async () => {
    const sent = api.sent.length;
    expect(app.session.withdrawnAt({ x: -50, y: -50 })).toBeNull();
    expect(await take({ x: -50, y: -50 })).toBe(false);
    expect(api.sent.slice(sent).filter((command) => command.startsWith('act'))).toEqual([]);
  });

  it('waits to be tried again where it could not be saved', async () => {
    api.failNext('disk_full', 'The disk is full');
    await take(middle(weak));
    expect(stored(weak.id)?.state).toBe('pending');
    app.session.retry();
    await settled();
    expect(stored(weak.id)?.state).toBe('accepted');
  });
});
