// The engine speaks English; its sentences in the language chosen.

import { en } from './en';
import { m } from './index.svelte';

const { verdicts: VERDICTS, kinds: KINDS, ...SENTENCES } = en.engine;

type Key = keyof typeof SENTENCES;
type Text = string | ((...given: string[]) => string);
type Pattern = {
  key: Key;
  fits: RegExp;
  /** Which of the text's arguments the groups are, in their order. */
  slots: number[];
  /** How much of the text is fixed. */
  fixed: number;
};

/** Stands for an argument; no text has it. */
const SLOT = 0xe000;

function say(text: Text, given: readonly string[]): string {
  return typeof text === 'string' ? text : text(...given);
}

function patternOf(key: Key): Pattern {
  const text: Text = SENTENCES[key];
  const arity = typeof text === 'string' ? 0 : text.length;
  const whole = say(
    text,
    Array.from({ length: arity }, (_, n) => String.fromCharCode(SLOT + n)),
  );
  const slots = [...whole].map((c) => c.charCodeAt(0) - SLOT).filter((n) => n >= 0 && n < arity);
  const fits = whole.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[\ue000-\ue0ff]/g, '(.+?)');
  return { key, fits: new RegExp(`^${fits}$`, 's'), slots, fixed: whole.length - slots.length };
}

/** The ones that say most first: "Accepted 3 boxes of an image" is no box of a label "3 boxes of an image". */
const PATTERNS = (Object.keys(SENTENCES) as Key[]).map(patternOf).sort((a, b) => b.fixed - a.fixed);

const first = (text: string, change: (letter: string) => string) => change(text.slice(0, 1)) + text.slice(1);

/** A step's title inside another sentence, where it begins with a small letter. */
const title = (text: string) => first(fromEngine(first(text, (c) => c.toUpperCase())), (c) => c.toLowerCase());

/** What a step was done to: "3 boxes", or a label, which stays what it is. */
const what = (text: string) => text.replace(/^(\d+) box(es)?$/, (_, n: string) => m.common.boxes(Number(n)));
const images = (text: string) => text.replace(/^(\d+) images?$/, (_, n: string) => m.common.images(Number(n)));

/** "12 confirmed, 3 moved". */
function verdicts(text: string): string {
  const said = text
    .split(', ')
    .map((part) => part.replace(/\w+$/, (word) => wordOf(VERDICTS, m.engine.verdicts, word)));
  return fromEngine(said.join(', '));
}

/** Where labels are kept on a CVAT server. */
const place = (text: string) =>
  text
    .replace(/^Task (\d+)$/, (_, n: string) => m.cvat.taskIs(Number(n)))
    .replace(/^Project (\d+)$/, (_, n: string) => m.cvat.projectIs(Number(n)));

const kind = (text: string) => wordOf(KINDS, m.engine.kinds, text);

/** "2 ellipses, 1 mask". */
const kinds = (text: string) => text.replace(/[a-z]+/g, (word) => kind(word.replace(/s$/, '')));

/** One of a closed set of words, as the other language has it. */
function wordOf<T extends Record<string, string>>(set: T, other: Record<keyof T, string>, word: string): string {
  return Object.hasOwn(set, word) ? other[word as keyof T] : word;
}

/** Arguments that are the engine's words again, and how they are said. */
const INNER: Partial<Record<Key, readonly ((text: string) => string)[]>> = {
  undone: [title],
  redone: [title],
  backAt: [title],
  draftBy: [String, fromEngine, images],
  secondLookBy: [String, fromEngine, images],
  wrongKind: [String, kind, kind],
  oneIsOther: [String, kind],
  someAreOther: [String, String, kind],
  unfitLabel: [String, fromEngine],
  noValue: [String, String, String, fromEngine],
  ofAttributes: [fromEngine],
  ofAttribute: [String, fromEngine],
  choicesOf: [fromEngine],
  noDefault: [String, fromEngine],
  ofJoints: [fromEngine],
  noRelook: [String, fromEngine],
  olderReadOnly: [String, fromEngine],
  boxConflict: [String, fromEngine],
  imageConflict: [String, fromEngine],
  labelConflict: [String, fromEngine],
  mended: [what],
  tookOver: [what],
  noToken: [String, fromEngine],
  lacksLabel: [place],
  couldBe: [String, (heads) => heads.replaceAll(' or ', ` ${m.commands.or} `)],
  graphUnread: [String, fromEngine],
  inputUnfit: [String, fromEngine],
  graphHas: [fromEngine],
  labelsUnfit: [String, fromEngine],
  cardUnusable: [String, fromEngine],
  runFailed: [String, fromEngine],
  notRead: [String, fromEngine],
  copyFails: [String, fromEngine],
  kindOtherThere: [String, place],
  lacksAttribute: [String, place],
  wouldOverwrite: [String, String, String, String, fromEngine],
  moreAlike: [fromEngine],
  onlyThere: [kind],
  onlyHere: [kind],
  accepted: [what],
  acceptedOfImage: [what],
  acceptedOfImages: [what, String],
  rejected: [what],
  reopened: [what],
  relabelled: [what],
  relabelledTo: [what, String],
  moved: [what],
  described: [what],
  setKeyframes: [what],
  endedTracks: [what],
  drew: [what],
  changed: [what],
  shapeUnfit: [fromEngine],
  labelBare: [fromEngine],
  shapeSaid: [String, String, fromEngine],
  kindOther: [kind, String, kind],
  kindsDropped: [kinds],
  reachesOut: [kind],
  fewPoints: [kind],
  noNumber: [kind],
  isOutside: [kind],
  noExtent: [kind],
  photoLostThen: [what],
  renameIt: [fromEngine],
  oneUnread: [fromEngine],
  someUnread: [fromEngine],
  looked: [String, String, verdicts],
  sessionsThread: [fromEngine],
  sessionsThreads: [fromEngine],
  onAllCores: [fromEngine],
  onThread: [fromEngine],
  onThreads: [fromEngine],
  halfHolds: [fromEngine],
  halfNot: [fromEngine],
  builtWithout: [String, String, fromEngine],
  deviceMissing: [String, fromEngine],
  serverAddress: [String, fromEngine],
  readOnly: [String, fromEngine],
};

/** Sentences that are all there is to say, with nothing in them that changes. */
const PLAIN = new Set<unknown>(Object.values(SENTENCES).filter((text) => typeof text === 'string'));

/**
 * A text that came from the engine, in the language chosen; as it is where it fits nothing the catalogue knows. What is
 * said of a file ("a.jpg: The file is empty") is known without the file.
 */
export function fromEngine(text: string): string {
  // What is wrong, and what comes of it.
  const stop = text.lastIndexOf('. ');
  if (stop > 0 && PLAIN.has(text.slice(stop + 2)) && !PLAIN.has(text)) {
    return `${fromEngine(text.slice(0, stop))}. ${fromEngine(text.slice(stop + 2))}`;
  }
  for (const { key, fits, slots } of PATTERNS) {
    const found = fits.exec(text);
    if (!found) continue;
    const given: string[] = [];
    slots.forEach((slot, n) => {
      const said = found[n + 1] ?? '';
      given[slot] = INNER[key]?.[slot]?.(said) ?? said;
    });
    return say(m.engine[key], given);
  }
  const at = text.indexOf(': ');
  return at < 0 ? text : text.slice(0, at + 2) + fromEngine(text.slice(at + 2));
}
