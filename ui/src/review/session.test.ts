import { beforeEach, describe, expect, it } from 'vitest';

import type { MockApi } from '../api/mock';
import { quickMock, settled } from '../api/mock/testing';
import { ANY, boxed, isQueued } from '../api';
import { Toasts } from '../shared/toasts.svelte';
import { Session } from './session.svelte';

let api: MockApi;
let session: Session;
let toasts: Toasts;
let stale: number;

beforeEach(async () => {
  api = quickMock('ready', 14);
  toasts = new Toasts();
  stale = 0;
  session = new Session({
    api,
    toasts,
    onoutcome: () => undefined,
    onstale: () => (stale += 1),
    neighbour: (image, step) => Promise.resolve(api.project().images.has(image + step) ? image + step : null),
    now: () => 0,
  });
  await session.start();
  await settled();
});

const stored = (id: number) =>
  [...api.project().images.values()].flatMap((v) => v.annotations).find((a) => a.id === id);
const ids = () => session.queue.waiting.map((item) => item.annotation.id);

describe('session', () => {
  it('begins at the most doubtful box', () => {
    const doubts = session.queue.waiting.map((item) => item.annotation.doubt);
    expect(doubts).toEqual([...doubts].sort((a, b) => b - a));
    expect(session.box?.id).toBe(ids()[0]);
    expect(session.view?.image.id).toBe(session.box?.image);
  });

  it('shows a decision at once and stores it after', async () => {
    const [first, second] = ids();
    session.accept();
    expect(session.box?.id).toBe(second);
    expect(ids()).not.toContain(first);
    expect(session.saving).toBe(true);
    await settled();
    expect(session.saving).toBe(false);
    expect(stored(first ?? 0)?.state).toBe('accepted');
  });

  it('counts decisions under way', () => {
    const counts = api.project().counts();
    session.accept();
    session.reject();
    const shown = session.desk.counts(counts);
    expect(shown.queued).toBe(counts.queued - 2);
    expect(shown.accepted + shown.rejected).toBe(2);
  });

  it('keeps the order of quick decisions', async () => {
    const wanted = ids().slice(0, 5);
    session.accept();
    session.reject();
    session.relabel(60);
    session.accept();
    session.reject();
    await settled(20);
    expect(wanted.map((id) => stored(id)?.state)).toEqual(['accepted', 'rejected', 'fixed', 'accepted', 'rejected']);
    expect(stored(wanted[2] ?? 0)?.label).toBe(60);
    expect(api.sent.filter((c) => c.startsWith('act:'))).toEqual([
      'act:accept',
      'act:reject',
      'act:relabel',
      'act:accept',
      'act:reject',
    ]);
  });

  it('leaves skipped boxes where they are and comes round to them', () => {
    const all = ids();
    session.next(1);
    session.next(1);
    expect(session.box?.id).toBe(all[2]);
    session.accept();
    expect(session.box?.id).toBe(all[3]);
    session.next(-1);
    expect(session.box?.id).toBe(all[1]);
    session.next(-1);
    session.next(-1);
    expect(session.box?.id).toBe(all.at(-1));
    session.accept();
    expect(session.box?.id).toBe(all[0]);
  });

  it('goes back to the box after undo', async () => {
    const [first, second] = ids();
    session.reject();
    await settled();
    expect(session.box?.id).toBe(second);
    session.undo();
    await settled();
    expect(session.box?.id).toBe(first);
    expect(stored(first ?? 0)?.state).toBe('pending');
    expect(toasts.list.at(-1)?.text).toMatch(/^Undone: /);
    session.redo();
    await settled();
    expect(stored(first ?? 0)?.state).toBe('rejected');
  });

  it('stays where it is when an undone drawing vanishes', async () => {
    const [first] = ids();
    session.drawn(boxed({ x1: 10, y1: 10, x2: 50, y2: 60 }));
    session.draw(2);
    await settled();
    session.undo();
    await settled();
    expect(session.box?.id).toBe(first);
    expect(session.view?.annotations.some((a) => a.origin === 'manual')).toBe(false);
  });

  it('undoes what is still on its way', async () => {
    const [first] = ids();
    session.accept();
    session.undo();
    await settled();
    expect(stored(first ?? 0)?.state).toBe('pending');
    expect(session.box?.id).toBe(first);
  });

  it('comes back to a box that could not be saved, and saves it when told to', async () => {
    const [first, second] = ids();
    api.failNext('disk_full', 'The disk is full');
    session.accept();
    session.accept();
    expect(session.failure).toBeNull();
    await settled();
    expect(session.failure?.error.message).toBe('The disk is full');
    expect(session.box?.id).toBe(first);
    expect(stored(first ?? 0)?.state).toBe('pending');
    expect(stored(second ?? 0)?.state).toBe('accepted');
    session.retry();
    await settled();
    expect(session.failure).toBeNull();
    expect(stored(first ?? 0)?.state).toBe('accepted');
  });

  it('loads the image again when somebody else was there first', async () => {
    const [first] = ids();
    const view = api.project().need(session.focus?.image ?? 0);
    const annotations = view.annotations.map((a) => (a.id === first ? { ...a, revision: 40, label: 3 } : a));
    api.project().put({ ...view, annotations });
    session.accept();
    await settled(12);
    expect(session.failure).toBeNull();
    expect(toasts.list.at(-1)?.text).toContain('changed elsewhere');
    expect(session.box).toMatchObject({ id: first, revision: 40, label: 3, state: 'pending' });
    session.accept();
    await settled();
    expect(stored(first ?? 0)?.state).toBe('accepted');
  });

  it('lets a drawn box be changed before the engine has named it', async () => {
    session.drawn(boxed({ x1: 10, y1: 10, x2: 50, y2: 60 }));
    const image = session.focus?.image ?? 0;
    session.place = 'images';
    session.draw(2);
    expect(session.box?.id).toBeLessThan(0);
    session.reshape(session.box?.id ?? 0, boxed({ x1: 12, y1: 10, x2: 50, y2: 60 }));
    await settled(12);
    const drawn = api
      .project()
      .need(image)
      .annotations.find((a) => a.origin === 'manual');
    expect(drawn).toMatchObject({ label: 2, rect: { x1: 12, y1: 10, x2: 50, y2: 60 }, state: 'accepted' });
    expect(session.box?.id).toBe(drawn?.id);
  });

  it('fixes by keys and keeps or leaves the change', async () => {
    const [first] = ids();
    const before = session.box?.rect;
    session.startFix();
    session.nudge(1, 0);
    session.grow(0, -1);
    session.cancelFix();
    expect(session.box?.rect).toEqual(before);
    session.startFix();
    session.grow(-2, -2);
    session.accept();
    await settled();
    expect(stored(first ?? 0)?.state).toBe('fixed');
    expect(session.box?.id).not.toBe(first);
  });

  it('accepts the rest of an image and goes on to another', async () => {
    const image = session.focus?.image ?? 0;
    await session.acceptRest();
    expect(session.focus?.image).not.toBe(image);
    await settled();
    expect(api.project().need(image).annotations.filter(isQueued)).toEqual([]);
  });

  it('says why an image with accepted boxes is not empty', async () => {
    const image = session.focus?.image ?? 0;
    const box = session.box;
    session.accept();
    await settled();
    session.look({ image, box: box?.id ?? null });
    await session.toggleEmpty();
    await settled();
    expect(toasts.list.at(-1)?.text).toContain('Accepted boxes are on this image (1)');
    expect(session.failure).toBeNull();
  });

  it('asks for everything anew after a decision over many', async () => {
    session.bulk({ ...ANY, standings: ['settled'], disagreement: false }, 'accept');
    await settled();
    expect(stale).toBe(1);
    expect(api.project().counts().settled).toBe(0);
  });

  it('goes back along what was decided', () => {
    const [first, second] = ids();
    session.accept();
    session.accept();
    session.back();
    expect(session.box?.id).toBe(second);
    session.back();
    expect(session.box?.id).toBe(first);
    expect(session.canGoBack).toBe(false);
    session.next(1);
    expect(session.box?.id).toBe(ids()[0]);
  });

  it('ends with nothing in focus', async () => {
    const count = ids().length;
    let n = 0;
    while (session.box && n < 1000) {
      session.accept();
      n += 1;
    }
    // Faster than any image could be fetched, and still each box once.
    expect(n).toBe(count);
    await settled(count * 2);
    expect(session.focus).toBeNull();
    expect(api.project().counts().queued).toBe(0);
  });

  it('keeps ten thousand rapid decisions in order and drops none', async () => {
    session.go('images');
    const view = [...api.project().images.values()].find((v) => v.annotations.filter(isQueued).length >= 3);
    await session.open(view?.image.id ?? 0);
    await settled();
    const boxes = (view?.annotations ?? []).filter(isQueued).map((box) => box.id);
    const before = api.sent.length;
    const wanted: string[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      session.pick(boxes[n % boxes.length] ?? 0);
      if (session.box?.state === 'pending') {
        wanted.push('act:accept');
        session.accept();
      } else {
        wanted.push('act:reopen');
        session.reopen();
      }
      // What is shown never waits for the engine, which here answers now and then.
      if (n % 50 === 49) await settled(20);
    }
    while (session.busy) await settled(1);
    expect(api.sent.slice(before).filter((name) => name.startsWith('act:'))).toEqual(wanted);
    expect(boxes.map((id) => stored(id)?.state)).toEqual(
      boxes.map((id) => session.desk.box(view?.image.id ?? 0, id)?.state),
    );
    expect(session.failure).toBeNull();
  }, 120_000);
});
