// The window's texts in the language chosen. Reading `m` in a component makes it follow the language, live.

import type { Catalogue } from './catalogue';
import { en } from './en';
import { id } from './id';
import { language, type Language } from './language.svelte';

export { language, LANGUAGES, type Language } from './language.svelte';

const CATALOGUES: Record<Language, Catalogue> = { en, id };

/** `m.review.accept`, `m.review.left(12)`: never kept in a constant, always read where it is shown. */
export const m: Catalogue = new Proxy({} as Catalogue, {
  get: (_, section) => CATALOGUES[language.current][section as keyof Catalogue],
});
