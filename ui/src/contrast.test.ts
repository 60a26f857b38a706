// WCAG 2 AA in both themes: text 4.5 to 1 on whatever it may lie on, icons, focus and the edges of fields 3 to 1.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

type Theme = ReadonlyMap<string, string>;

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const tokensCss = read('shared/tokens.css');
const components = import.meta.glob<string>('./**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** The style sheets of the window by file, comments aside. */
const sheets = [...Object.entries(components), ['./shared/base.css', read('shared/base.css')] as const].map(([file, text]): [string, string] => {
  const css = file.endsWith('.css') ? text : (/<style[^>]*>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '');
  return [file, css.replace(/\/\*[\s\S]*?\*\//g, '')];
});

function theme(name: string): Theme {
  const block = new RegExp(`data-theme='${name}'\\]\\s*\\{([^}]*)\\}`).exec(tokensCss)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, token, value]) => [token ?? '', value ?? '']));
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** What text may lie on: the surfaces, and the soft grounds of messages and of what is chosen. */
const SURFACES = ['base', 'raised', 'raised-2', 'well'];
const GROUNDS = [...SURFACES, 'accent-soft', 'good-soft', 'warn-soft', 'bad-soft', 'note-soft'];
/** Colours of icons only; the words beside them have the `-text` of the same name. */
const ICONS = ['good', 'warn', 'bad', 'note'];
/** Text for one ground: its own. */
const ON: Record<string, string[]> = { 'on-accent': ['accent', 'accent-strong'] };
/** Edges that tell where something to fill in or to tick is, and the focus. */
const EDGES = ['line-control', 'accent'];

const tokensIn = (css: string, property: string) =>
  [...css.matchAll(new RegExp(`(?:^|[;{\\s])${property}:\\s*var\\(--([\\w-]+)\\)`, 'g'))].map(([, token]) => token ?? '');
const rules = sheets.flatMap(([file, css]) => [...css.matchAll(/\{([^{}]*)\}/g)].map(([, body]) => [file, body ?? ''] as const));

/** Every token that something is written or drawn with. */
const inks = [...new Set(sheets.flatMap(([, css]) => tokensIn(css, 'color')))].sort();
const texts = inks.filter((ink) => !ICONS.includes(ink) && !(ink in ON));
/** Ink and ground that stand in one rule. */
const pairs = [
  ...new Set(
    rules.flatMap(([, body]) => {
      const [ground] = tokensIn(body, 'background');
      return tokensIn(body, 'color').flatMap((ink) => (ground === undefined ? [] : `${ink} on ${ground}`));
    }),
  ),
].map((pair) => pair.split(' on ') as [string, string]);

function tooLow(colours: Theme, ink: string, ground: string, least: number): string[] {
  const [front, back] = [colours.get(ink), colours.get(ground)];
  if (front === undefined || back === undefined) return [`${ink} on ${ground}: no such token`];
  const found = contrast(front, back);
  return found < least ? [`${ink} on ${ground}: ${found.toFixed(2)}, not ${least}`] : [];
}

describe('contrast', () => {
  it('is measured as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('sees what the components use', () => {
    expect(texts).toEqual(expect.arrayContaining(['text', 'text-2', 'text-3', 'accent', 'bad-text', 'warn-text']));
    expect(pairs.map((pair) => pair.join(' on '))).toEqual(expect.arrayContaining(['on-accent on accent', 'bad-text on bad-soft']));
  });

  it.each(['dark', 'light'])('suffices in the %s theme', (name) => {
    const colours = theme(name);
    const icon = (ground: string) => ICONS.flatMap((ink) => tooLow(colours, ink, ground, 3));
    expect([
      ...GROUNDS.flatMap((ground) => texts.flatMap((ink) => tooLow(colours, ink, ground, 4.5))),
      ...Object.entries(ON).flatMap(([ink, grounds]) => grounds.flatMap((ground) => tooLow(colours, ink, ground, 4.5))),
      ...pairs.flatMap(([ink, ground]) => tooLow(colours, ink, ground, ICONS.includes(ink) ? 3 : 4.5)),
      ...GROUNDS.flatMap(icon),
      ...SURFACES.flatMap((ground) => EDGES.flatMap((edge) => tooLow(colours, edge, ground, 3))),
    ]).toEqual([]);
  });

  it('is not thinned out: text is never see-through but where nothing can be done', () => {
    const thin = sheets.flatMap(([file, css]) =>
      [...css.matchAll(/([^{};]+)\{[^{}]*opacity: 0?\.\d+[^{}]*\}/g)].map(([, selector]) => `${file} ${(selector ?? '').trim()}`),
    );
    const may = [
      // Nothing can be done with it: a project whose file is gone.
      './projects/StartScreen.svelte .gone .entry',
      // Pictures.
      './gallery/Crop.svelte .later .photo',
      './gallery/Crop.svelte .wrong img',
      // A dot that pulses.
      './TopBar.svelte to',
      // Icons over the photo, solid once the pointer or the keyboard is there.
      './review/ToolBar.svelte .tools',
      './review/ViewTools.svelte .tools',
    ];
    expect(thin.filter((rule) => !rule.includes(':disabled') && !may.includes(rule))).toEqual([]);
  });

  it('comes from tokens, so that both themes have it', () => {
    const raw = sheets.flatMap(([file, css]) =>
      [...css.matchAll(/(?:^|[;{\s])((?:color|background|background-color): *(?:#|rgb|hsl|white|black)[^;}]*)/g)].map(
        ([, found]) => `${file} ${(found ?? '').trim()}`,
      ),
    );
    // White with a shadow, over photos and over the scrim, whatever the theme.
    const may = ['./gallery/Crop.svelte color: #fff', './Shell.svelte color: #fff'];
    expect(raw.filter((one) => !may.includes(one))).toEqual([]);
  });
});
