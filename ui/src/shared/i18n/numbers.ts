// Numbers as the language writes them; also for the catalogues, which `format.ts` in turn reads.

import { language } from './language.svelte';

/** `make` called once for each locale; making an `Intl` object takes longer than using it a hundred times. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const { locale } = language;
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }));
const tenth = perLocale(
  (locale) => new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

/** 12480 → "12,480". */
export function count(n: number): string {
  return whole().format(n);
}

/** 8.44 → "8.4". */
export function tenths(n: number): string {
  return tenth().format(n);
}

/** "1 box", "3 boxes": for languages that have a plural. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
