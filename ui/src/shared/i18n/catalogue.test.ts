import { expect, it } from 'vitest';

import { en } from './en';
import { id } from './id';

type Text = string | ((...given: never[]) => string);
type Node = Text | { [key: string]: Node };
type Pair = [path: string, english: Text, indonesian: Text];

/** Every text of both catalogues, side by side. */
function pairs(english: Node, indonesian: Node, path = ''): Pair[] {
  if (typeof english !== 'object') return [[path, english, indonesian as Text]];
  const other = indonesian as { [key: string]: Node };
  return Object.keys({ ...english, ...other }).flatMap((key) =>
    pairs(english[key] ?? '', other[key] ?? '', path ? `${path}.${key}` : key),
  );
}

/** A function's text; a list of one works as a number, as a word and as a list. */
function written(text: Text): string {
  if (typeof text === 'string') return text;
  return (text as (...given: number[][]) => string)(...Array.from({ length: text.length }, (_, n) => [n + 2]));
}

/** Words that both languages have: names, units, and what Indonesian took over. */
const SHARED = new Set([
  'AP',
  'COCO',
  'CPU',
  'CVAT',
  'Filter',
  'Folder',
  'Format',
  'Gamma',
  'Label',
  'Model',
  'Pascal',
  'Tag',
  'Track',
  'VOC',
  'XML',
  'YOLO',
  'keyframe',
  'label',
  'mask',
  'polyline',
  'sha',
  'skeleton',
  'tag',
  'thread',
  'track',
]);

/** Whether a text may be the same in both languages: all its words are shared. */
const shared = (text: string) => (text.match(/\p{L}+/gu) ?? []).every((word) => SHARED.has(word));

const all = pairs(en, id);

it('sees the texts', () => expect(all.length).toBeGreaterThan(200));

it.each(all)('%s', (_path, english, indonesian) => {
  expect(typeof indonesian).toBe(typeof english);
  for (const text of [english, indonesian]) expect(written(text).trim(), 'empty').not.toBe('');
  if (typeof english === 'function' && typeof indonesian === 'function')
    expect(indonesian.length, 'arguments').toBe(english.length);
  if (!shared(written(english))) expect(written(indonesian), 'left in English').not.toBe(written(english));
});
