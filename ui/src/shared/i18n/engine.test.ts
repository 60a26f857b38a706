import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { en } from './en';
import { fromEngine } from './engine';
import { id } from './id';
import { language } from './index.svelte';

type Text = string | ((...given: string[]) => string);

const { verdicts: _verdicts, kinds: _kinds, ...english } = en.engine;
const indonesian: Record<string, unknown> = id.engine;
const keys = Object.keys(english) as (keyof typeof english)[];
const say = (text: Text, ...given: string[]) => (typeof text === 'string' ? text : text(...given));

/** The files below a folder of the repository, less their tests: path and text. */
function files(folder: string, ending: RegExp): [path: string, text: string][] {
  const top = join(import.meta.dirname, '../../../..', folder);
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => [path, readFileSync(join(top, path), 'utf8').split('#[cfg(test)]')[0] ?? '']);
}

const rust = files('src-tauri/crates', /^relook-(?!cli)[^/]*\/src\/.*\.rs$/);
// Format strings as they come out.
const written = [...rust, ...files('models', /model\.toml$/)]
  .map(([, text]) =>
    text
      .replace(/\\\n\s*/g, '')
      .replace(/\\"/g, '"')
      .replace(/\{[^{}\n]*:\?\}/g, '"{}"'),
  )
  .join('\n');

afterEach(() => language.choose('en'));

describe.each(keys)('%s', (key) => {
  const given = ['x1', 'x2', 'x3', 'x4', 'x5'];

  it('is known and said in either language', () => {
    const text = say(english[key], ...given);
    expect(fromEngine(text)).toBe(text);
    language.choose('id');
    expect(fromEngine(text)).toBe(say(indonesian[key] as Text, ...given));
  });

  it('is what the engine says', () => {
    // Put together from pieces over there.
    if (
      /^(undone|redone|draftBy|secondLookBy|oneHas|someHave|oneIsOther|someAreOther|oneIsSkeleton|someAreSkeletons|sessionsThreads?|half(Holds|Not))$/.test(
        key,
      )
    )
      return;
    const pieces = say(english[key], ...given.map(() => '\0')).split('\0');
    for (const piece of pieces) expect(written, 'the engine no longer says this').toContain(piece.trim());
  });
});

/** The string literals of a piece of Rust, with something in their slots. */
const literals = (text: string) =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((found) =>
    (found[1] ?? '').replace(/\\"/g, '"').replace(/\{[^{}]*\}/g, '7'),
  );
/** The titles among the texts of a `let title = match …`: what is formatted, errors aside. */
const titled = (text: string) => literals(text.replace(/Err\([\s\S]*?\);/g, ''));
const engine = rust.filter(([path]) => path.startsWith('relook-engine/'));
/** What is at the place of a Rust expression's title: all of the file of titles, elsewhere what is named so. */
const titles = engine
  .flatMap(([path, text]) => {
    if (path.endsWith('/titles.rs')) return literals(text);
    return [...text.matchAll(/let title = match[\s\S]*?\n {12}\};/g)].flatMap(([match]) => titled(match));
  })
  .filter((text) => /^\p{Lu}/u.test(text));
const phases = engine.flatMap(([, text]) =>
  [...text.matchAll(/\.phase\(\s*(?:format!\()?"[^"]*"/g)].flatMap(([call]) => literals(call)),
);

/** What the rules and the project file refuse with; "1 box has" and "7 boxes have" are put in by a function there. */
const errors = rust
  .filter(([path]) => /^relook-(domain\/src\/(attributes|review)|store\/src\/error)\.rs$/.test(path))
  .flatMap(([, text]) => [...text.replace(/\\\n\s*/g, '').matchAll(/#\[error\(\s*("(?:[^"\\]|\\.)*")/g)])
  .flatMap(([, literal]) => literals((literal ?? '').replace(/^"\{\} the label/, '"7 boxes have the label')));
/** And why: what stands in the slots of those. */
const reasons = rust
  .filter(([path]) => /^relook-store\/src\/(replay|project|annotations|images|history)\.rs$/.test(path))
  .flatMap(([, text]) => [...text.matchAll(/(?:why[:=]? |why = |not\(|conflict\(|=> )"([^"]+)"/g)].map(([, why]) => why ?? ''))
  .filter((why) => /^(is|it is|was|cannot) /.test(why));

it('sees titles and phases', () => {
  expect(titles).toContain('Drew 7');
  expect(titles).toContain('Merged the label 7 into 7');
  expect(phases).toContain('Loading 7');
  expect(errors).toContain('Step 7 cannot be gone to: it is not in the history, or was undone and left behind; nothing was changed');
  expect(errors).toContain('7 boxes have the label "7": choose the label they get');
  expect(reasons).toContain('is in use by now');
});

it.each([...titles, ...phases, ...errors, ...reasons, 'Drafting', 'Taking the second look'])('has words for: %s', (text) => {
  language.choose('id');
  expect(fromEngine(text)).not.toBe(text);
});

it.each([
  ['Undone: relabelled horse to zebra', 'Diurungkan: mengganti label horse menjadi zebra'],
  ['Accepted 3 boxes', 'Menerima 3 kotak'],
  ['Undone: accepted 1 box of an image', 'Diurungkan: menerima 1 kotak pada satu gambar'],
  ['Relabelled 1200 boxes to cat', 'Mengganti label 1.200 kotak menjadi cat'],
  [
    'The label "cat" is for shapes of the kind box; this one is a polygon',
    id.engine.wrongKind('cat', 'kotak', 'poligon'),
  ],
  ['Back at: renamed the label a to b', 'Kembali ke: mengganti nama label a menjadi b'],
  ['Draft by yolov8n on CPU, 2 threads: 40 images', 'Draf oleh yolov8n di CPU, 2 thread: 40 gambar'],
  ['Undone: Accepted horse', 'Diurungkan: menerima horse'],
  ['Accepted boxes are on this image (3); reject them first if it really is empty', id.engine.acceptedHere('3')],
  [
    'Looked at 12 of 40 images: 7 confirmed, 1 relabelled; 1 image could not be read',
    '12 dari 40 gambar diperiksa ulang: 7 dikonfirmasi, 1 diganti labelnya; 1 gambar tidak dapat dibaca',
  ],
  ['Looked at 2 of 2 images: nothing to change', '2 dari 2 gambar diperiksa ulang: tidak ada yang perlu diubah'],
  ['holiday/a: b.jpg: The file is empty', 'holiday/a: b.jpg: Berkasnya kosong'],
  ['8 images and 96 boxes written to /x/on y.xml', '8 gambar dan 96 kotak ditulis ke /x/on y.xml'],
  ['No such file or directory (os error 2)', 'No such file or directory (os error 2)'],
  [
    'The label "dog" cannot come back: another label has its name by now; nothing was changed',
    'Label "dog" tidak dapat kembali: namanya kini dipakai label lain; tidak ada yang diubah',
  ],
  [
    '"7" is no value of the attribute "lane" of "car": it is a number from 1 to 4',
    '"7" bukan nilai untuk atribut "lane" dari "car": nilainya angka dari 1 sampai 4',
  ],
  [
    'The label "car" makes no sense: its attribute "lane" is to choose from values of which "a" stands twice',
    'Label "car" tidak dapat digunakan: atributnya "lane" punya pilihan nilai yang di antaranya "a" muncul dua kali',
  ],
  [
    'a/b.jpg, shape 7: No part of a box lies in the image of 640 by 480. CVAT would keep it where nobody sees it, so it is left out',
    `a/b.jpg, bentuk 7: ${id.engine.isOutside('kotak', '640', '480')}. ${id.engine.isOutsideThen}`,
  ],
  ['There are 3 ellipses, 1 mask', 'Ada 3 elips, 1 mask'],
  ['', ''],
])('says %j', (text, want) => {
  language.choose('id');
  expect(fromEngine(text)).toBe(want);
});
