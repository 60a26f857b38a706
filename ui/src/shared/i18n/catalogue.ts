import type { en } from './en';

/** A text, or a function of what is in it; the English catalogue says which. */
type Texts<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { [Key in keyof T]: Texts<T[Key]> };

/** What a language must have: everything the English one has. The compiler names what is missing. */
export type Catalogue = Texts<typeof en>;
