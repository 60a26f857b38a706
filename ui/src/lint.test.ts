import { screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';

import type { MockApi } from './api/mock';
import type { App } from './app.svelte';
import { key, openApp } from './testing';

let app: App;
let api: MockApi;

const text = (testid: string) => screen.getByTestId(testid).textContent.replace(/\s+/g, ' ');

beforeEach(async () => {
  app = await openApp();
  api = app.api as MockApi;
});

describe('the check for CVAT', () => {
  it('lists by rule, and walks through image and shape in a ring', async () => {
    await key('F7');
    await waitFor(() => screen.getByTestId('lint-sums'));
    const all = app.linter.findings.length;
    expect(text('lint-sums')).toContain('1 error');
    expect(screen.getByTestId('lint-rule-outside').getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByTestId('lint-rule-reaches-out').getAttribute('aria-expanded')).toBe('false');
    await key('F8');
    expect(text('lint-detail')).toContain('No part of a box');
    await key('F8');
    expect(screen.getByTestId('lint-rule-reaches-out').getAttribute('aria-expanded')).toBe('true');
    const second = app.linter.current;
    expect(app.session.focus).toEqual({ image: second?.image, box: second?.annotation });
    expect(text('lint-detail')).toContain(`2 of ${all}`);
    await key('Shift+F8');
    await key('Shift+F8');
    expect(text('lint-detail')).toContain(`${all} of ${all}`);
  });

  it('mends with one key, and looks again', async () => {
    await key('F7');
    await waitFor(() => screen.getByTestId('lint-mend'));
    await key('Shift+F7');
    await waitFor(() => expect(screen.queryByTestId('lint-mend')).toBeNull());
    expect(api.sent).toContain('lint_mend');
    expect(app.linter.findings).toHaveLength(1);
  });

  it('goes when the person goes elsewhere, and its keys with it', async () => {
    await key('F7');
    await waitFor(() => screen.getByTestId('lint-sums'));
    await key('q');
    expect(screen.queryByTestId('lint')).toBeNull();
    expect(app.registry.enabled('lint-next')).toBe(false);
  });

  it('is in the way of an export: mended, listed, or exported all the same', async () => {
    await key('Ctrl+e');
    await waitFor(() => screen.getByTestId('export-trips'));
    expect(screen.getByTestId('export-start').textContent).toContain('Export all the same');
    screen.getByTestId('export-mend').click();
    await waitFor(() => expect(screen.queryByTestId('export-mend')).toBeNull());
    expect(screen.getByTestId('export-start').textContent).toContain('Export all the same');
    screen.getByTestId('export-coco').click();
    await waitFor(() => expect(screen.queryByTestId('export-trips')).toBeNull());
    expect(screen.getByTestId('export-start').textContent).not.toContain('all the same');
    screen.getByTestId('export-cvat').click();
    await waitFor(() => screen.getByTestId('export-lint'));
    screen.getByTestId('export-lint').click();
    await waitFor(() => screen.getByTestId('lint-sums'));
    expect(app.overlay).toBeNull();
  });
});
