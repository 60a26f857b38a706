// What a command is, and where its keys count.

import type { Catalogue } from '../shared/i18n/catalogue';

/** A text of the catalogue: asked for in the language shown, and in English as well where people search. */
export type Text = (catalogue: Catalogue) => string;

/**
 * Where commands' keys count, topmost first: of the scopes that are active, the topmost that knows a key takes it.
 * A new scope is a word here (and in `MODES` or `APART` if it is such a one); `App.beneath` says when it is active.
 */
export const SCOPES = ['aim', 'draw', 'joint', 'vertex', 'fix', 'gallery', 'review', 'images', 'view', 'project', 'window'] as const;
export type Scope = (typeof SCOPES)[number];

/** While such a scope is active its keys mean what it says, whatever they mean beneath. */
const MODES: ReadonlySet<Scope> = new Set(['aim', 'draw', 'joint', 'vertex', 'fix']);

/** Scopes that are never active together. */
const APART: readonly (readonly [Scope, Scope])[] = [
  ['gallery', 'review'],
  ['gallery', 'images'],
  ['gallery', 'view'],
];

/** Whether a mode takes keys over for a while, so that its commands make no sense outside it. */
export const isMode = (scope: Scope): boolean => MODES.has(scope);

/** Whether one key cannot mean two things in these scopes, because a person meets both at once. */
export function meet(a: Scope, b: Scope): boolean {
  if (a === b) return true;
  if (MODES.has(a) || MODES.has(b)) return false;
  return !APART.some((pair) => pair.includes(a) && pair.includes(b));
}

export type Command = {
  /** A stable word-with-hyphens: people's own keys are stored under it. */
  id: string;
  title: Text;
  /** Heading in the keys sheet, and submenu; commands of one group have one text. */
  group: Text;
  scope: Scope;
  /** As Relook ships it; the first is shown on buttons. What is in force is the registry's to say. */
  keys: readonly string[];
  /**
   * Its keys mean something by themselves (digits count, arrows point, Escape leaves): they cannot be changed, and only
   * a key can start it, so that palette and menu leave it out.
   */
  fixed?: boolean;
  /** Whether it would do something now; always, where absent. Asked only while its scope is active. */
  enabled?: () => boolean;
  /** Whether holding the key repeats it; a decision never does. */
  repeats?: boolean;
  /** `key` is what was pressed, or the command's first key where it was started in another way. */
  run: (key: string) => void;
};

/** Commands of one group and scope. */
export function inGroup(group: Text, scope: Scope, specs: readonly Omit<Command, 'group' | 'scope'>[]): Command[] {
  return specs.map((spec) => ({ ...spec, group, scope }));
}
