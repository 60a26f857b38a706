import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

// What a person reads comes from the catalogue; a word written into a component would be left behind in English.

type Node = { type: string; name?: string; data?: string; value?: unknown; [key: string]: unknown };

/** Attributes and properties that are read or read out. */
const SPOKEN = new Set(['title', 'aria-label', 'aria-description', 'placeholder', 'alt', 'label', 'text', 'empty']);
/** The program's name in its two halves, and names that no language changes. */
const NAMES = new Set(['re', 'look', 'ONNX', 'Runtime']);

const files = import.meta.glob<string>('./**/*.svelte', { query: '?raw', import: 'default', eager: true });
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const nodesIn = (value: unknown): Node[] =>
  Array.isArray(value) ? value.flatMap(nodesIn) : isNode(value) ? [value] : [];

/** The texts that an expression may come out as, as far as they are written there. */
function results(node: unknown): string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral':
      return [
        ...nodesIn(node['quasis']).map((q) => String((q.value as { cooked?: string }).cooked)),
        ...nodesIn(node['expressions']).flatMap(results),
      ];
    case 'ConditionalExpression':
      return [...results(node['consequent']), ...results(node['alternate'])];
    case 'LogicalExpression':
    case 'BinaryExpression':
      return /^([-*/%]|[=!<>]=*)$/.test(String(node['operator']))
        ? []
        : [...results(node['left']), ...results(node['right'])];
    default:
      return [];
  }
}

/** The texts of a component's markup that a person reads and that stand in it as they are. */
function literals(markup: unknown): string[] {
  if (Array.isArray(markup)) return markup.flatMap(literals);
  if (!isNode(markup)) return [];
  if (markup.type === 'Text') return [markup.data ?? ''];
  if (markup.type === 'ExpressionTag') return results(markup['expression']);
  if (markup.type === 'Attribute') return SPOKEN.has(markup.name ?? '') ? literals(markup.value) : [];
  return [
    'attributes',
    'fragment',
    'nodes',
    'consequent',
    'alternate',
    'body',
    'fallback',
    'pending',
    'then',
    'catch',
  ].flatMap((part) => literals(markup[part]));
}

/** Of them, those with words in them. */
function words(component: string): string[] {
  const texts = literals(parse(component, { modern: true }).fragment);
  return texts.filter((text) => (text.match(/\p{L}+/gu) ?? []).some((word) => !NAMES.has(word)));
}

describe('texts in components', () => {
  it('finds what is written in, and nothing else', () => {
    const found = words(`<script>const a = 'no';</script>
      {#if x === 'no'}<p class="no">one</p>{:else}{#each y as z (z)}<b title="two" data-no="no">{z} 7 %</b>{/each}{/if}
      <Button label={x ? 'three' : m.no} tone="no" onclick={() => run('no')}>{\`\${n} four\`}{#snippet s()}five{/snippet}</Button>
      {say('no')}<style>b { color: red }</style>`);
    expect(found.map((text) => text.trim())).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it.each(Object.entries(files))('%s', (_file, text) => {
    expect(words(text)).toEqual([]);
  });
});
