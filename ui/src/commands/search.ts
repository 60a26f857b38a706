// Finding a text by a few letters of it.

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

const startsWord = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/** Where `part` begins in `text`. */
function places(part: string, text: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}

/** How close together the letters of `word` come in `text`, 0..1, the first at the start of a word; 0: not in order. */
function scattered(word: string, text: string): number {
  const lengths = places(word[0] ?? '', text)
    .filter((at) => startsWord(text, at))
    .map((start) => {
      let at = start;
      for (const letter of word.slice(1)) at = at < 0 ? at : text.indexOf(letter, at + 1);
      return at < 0 ? Infinity : at - start + 1;
    });
  return word.length / Math.min(...lengths, Infinity);
}

/**
 * How well a query fits a text; 0: not at all. Each of its words must be there, in any order: best as the text's
 * beginning, then as a word's, then inside a word, then as scattered letters (`acr`: Accept rest).
 */
export function fit(query: string, text: string): number {
  const folded = fold(text);
  const words = fold(query).split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of words) {
    const starts = places(word, folded);
    let points = scattered(word, folded);
    if (starts.includes(0)) points = 4;
    else if (starts.some((at) => startsWord(folded, at))) points = 3;
    else if (starts.length > 0) points = 2;
    if (points === 0) return 0;
    sum += points;
  }
  return words.length > 0 ? sum / words.length : 0;
}
