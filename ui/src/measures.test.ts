import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { EvaluationReport } from './api';
import type { MockApi } from './api/mock';
import { settled } from './api/mock/testing';
import type { App } from './app.svelte';
import { matrixOf } from './evaluate/measuring.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;

const click = async (testid: string): Promise<void> => {
  await fireEvent.click(screen.getByTestId(testid));
  await settled();
};
const cells = (testid: string) =>
  [...screen.getByTestId(testid).querySelectorAll('tr')].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.trim()),
  );

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});

describe('measuring against a truth', () => {
  const measure = async (path: string): Promise<void> => {
    await key('Ctrl+Shift+e');
    await fireEvent.input(screen.getByTestId('evaluate-truth'), { target: { value: path } });
    await click('evaluate-start');
    await waitFor(() => expect(app.measuring.busy).toBe(false));
    await settled();
  };

  it('shows the twelve numbers after each pass, and a dash where there is no pass or nothing to measure by', async () => {
    await measure('/x/instances.json');
    const rows = cells('evaluate-numbers');
    expect(rows).toHaveLength(13);
    expect(rows[1]).toEqual(['AP, mean over IoU 0.50 to 0.95', '0.396', '–', '0.520']);
    expect(rows[10]).toEqual(['AR of small objects', '–', '–', '–']);
    expect(screen.getByTestId('evaluate-left').textContent).toContain('2 images of the project are not in the truth');
  });

  it('sorts labels by any figure, without those of which there is nothing', async () => {
    await measure('/x/instances.json');
    await click('evaluate-view-labels');
    const labels = () => cells('evaluate-labels').slice(1).map(([label]) => label);
    expect(labels()).toEqual(['car', 'person', 'dog']);
    await click('evaluate-by-precision');
    expect(labels()).toEqual(['car', 'person', 'dog']);
    await click('evaluate-by-precision');
    expect(labels()).toEqual(['dog', 'person', 'car']);
    await click('evaluate-by-label');
    expect(labels()).toEqual(['car', 'dog', 'person']);
  });

  it('shows what is taken for what', async () => {
    await measure('/x/instances.json');
    await click('evaluate-view-confusion');
    const rows = cells('evaluate-confusion');
    expect(rows[0]?.slice(1)).toEqual(['car', 'person', 'dog', 'nothing']);
    expect(rows[2]).toEqual(['person', '', '14', '2', '']);
    expect(rows[4]).toEqual(['nothing', '3', '', '', '']);
  });

  it('says what is wrong with the truth, and keeps the figures when it is opened again', async () => {
    await measure('/x/missing.json');
    expect(screen.getByRole('alert').textContent).toContain('/x/missing.json');
    await key('Escape');
    await measure('/x/instances.json');
    await key('Escape');
    await key('Ctrl+Shift+e');
    expect(cells('evaluate-numbers')).toHaveLength(13);
  });

  it('leaves labels out that do not occur', () => {
    const confusion = [{ truth: 'cat', found: null, count: 2 }];
    expect(matrixOf({ confusion } as unknown as EvaluationReport)).toEqual({
      labels: ['cat', null],
      counts: [
        [0, 2],
        [0, 0],
      ],
      sums: [2, 0],
    });
  });
});

describe('thresholds from decisions', () => {
  const accept = () => screen.getByTestId<HTMLButtonElement>('thresholds-accept');

  it('proposes with interval and count, says where it does not and why, and accepts as one step', async () => {
    await key('Ctrl+Shift+t');
    await waitFor(() => screen.getByTestId('thresholds-fits'));
    const rows = cells('thresholds-fits');
    expect(rows[1]).toEqual(['car', '200', '90.0 %', '0.62', '96.3 to 100.0 %', '31']);
    expect(rows[2]?.[3]).toBe('Too few decisions: 129 more');
    expect(screen.getByTestId('thresholds-plot').getAttribute('aria-label')).toContain('accepted from 0.62 on');
    expect(cells('thresholds-bins')[1]).toEqual(['0.00–0.10', '0', '–', '–']);
    await fireEvent.click(screen.getAllByTestId('thresholds-fit')[1] as HTMLElement);
    await settled();
    expect(screen.getByTestId('thresholds-plot').getAttribute('aria-label')).toContain('2 labels together');
    expect(accept().textContent).toContain('Accept 31 boxes');
    await click('thresholds-accept');
    expect(api.sent.filter((one) => one === 'accept_above')).toHaveLength(1);
    expect(app.overlay).toBeNull();
  });

  it('promises nothing, and accepts nothing, where decisions do not carry it', async () => {
    await key('Ctrl+Shift+t');
    await waitFor(() => screen.getByTestId('thresholds-fits'));
    await fireEvent.input(screen.getByTestId('thresholds-precision'), { target: { value: '995' } });
    await waitFor(() => expect(cells('thresholds-fits')[1]?.[3]).toBe('Too few decisions: 99 more'));
    expect(accept().disabled).toBe(true);
    expect(screen.getByText('No box waits above what could be promised.')).toBeTruthy();
  });
});
