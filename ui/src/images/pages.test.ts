import { expect, it } from 'vitest';

import type { Api, ImageFilter, ImagePage } from '../api';
import { mockApi } from '../api/mock';
import { drawnScenes } from '../api/mock/scene';
import { settled } from '../api/mock/testing';
import { ImagePages } from './pages.svelte';
import { summary } from './status';

const scene = drawnScenes(1)[0];
const scenes = Array.from({ length: 1000 }, (_, n) => ({
  ...(scene as NonNullable<typeof scene>),
  path: `p/${String(n).padStart(5, '0')}.jpg`,
  seed: n,
}));
const api = mockApi({ start: 'new', scenes, tick: 0, delay: 0 });

it('fetches the pages in view and no others', async () => {
  const pages = new ImagePages(api);
  await pages.choose({ text: '', status: null });
  expect(pages.total).toBe(1000);
  expect(pages.row(0)?.path).toBe('p/00000.jpg');
  expect(pages.row(700)).toBeNull();
  const before = api.sent.length;
  pages.show({ first: 690, last: 710 });
  pages.show({ first: 691, last: 711 });
  await settled();
  expect(pages.row(700)?.path).toBe('p/00700.jpg');
  expect(api.sent.length - before).toBe(1);
  expect(await pages.at(999)).toMatchObject({ path: 'p/00999.jpg' });
  expect(await pages.at(1000)).toBeNull();
});

it('knows where an image is, fetched or not', async () => {
  const pages = new ImagePages(api);
  await pages.choose({ text: '', status: null });
  expect(await pages.position(pages.row(3)?.id ?? 0)).toBe(3);
  expect(await pages.position(901)).toBe(900);
  await pages.choose({ text: '0012', status: null });
  expect(pages.total).toBe(11);
  expect(await pages.position(901)).toBeNull();
});

it('throws away answers to an older filter', async () => {
  const answers: ((page: ImagePage) => void)[] = [];
  const slow: Pick<Api, 'imagesPage' | 'imagePosition'> = {
    imagesPage: (_filter: ImageFilter) => new Promise((done) => answers.push(done)),
    imagePosition: () => Promise.resolve(null),
  };
  const pages = new ImagePages(slow);
  void pages.choose({ text: 'a', status: null });
  void pages.choose({ text: 'b', status: null });
  answers[1]?.({ total: 2, offset: 0, rows: [] });
  await settled(1);
  answers[0]?.({ total: 99, offset: 0, rows: [] });
  await settled(1);
  expect(pages.total).toBe(2);
});

it('puts changed rows in place and keeps what is shown while asking anew', async () => {
  const pages = new ImagePages(api);
  await pages.choose({ text: '', status: null });
  const row = pages.row(5);
  if (!row) throw new Error('no row');
  pages.patch([{ image: { ...row, status: 'done' }, annotations: [] }]);
  expect(pages.row(5)?.status).toBe('done');
  pages.refresh();
  expect(pages.row(5)?.status).toBe('done');
  await settled();
  expect(pages.row(5)?.status).toBe('new');
  expect(summary(pages.row(5) ?? row)).toBe('no draft yet');
});
