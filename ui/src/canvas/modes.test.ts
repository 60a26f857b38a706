import { describe, expect, it } from 'vitest';

import { follow, isDrawing, isEditing, isPainting, MODES, SIGNALS, type Mode, type Signal } from './modes';

/** The whole table: in the order of `SIGNALS`, what each makes of a mode; `.` is refused, and the mode stays. */
const TABLE: Record<Mode, string> = {
  //            arm paint  p-empty p-area      p-body p-side p-turn p-vertex    b-drag    b-points    deepen     to-brush to-erase to-outline restart release done cancel
  idle: 'aim brush pan area-select move resize rotate edit-vertex . . . . . . . . . .',
  pan: '. . . . . . . . . . . . . . . idle . idle',
  'area-select': '. . . . . . . . . . . . . . . idle . idle',
  move: '. . . . . . . . . . . . . . . idle . idle',
  resize: '. . . . . . . . . . . . . . . idle . idle',
  rotate: '. . . . . . . . . . . . . . . idle . idle',
  'edit-vertex': '. . . . . . . . . . . . . . . idle . idle',
  aim: '. brush . . . . . . draw-drag draw-points . . . . . . . idle',
  'draw-drag': '. . . . . . . . . . draw-depth . . . aim . idle idle',
  'draw-depth': '. . . . . . . . . . . . . . aim . idle idle',
  'draw-points': '. . . . . . . . . . . . . . aim . idle idle',
  brush: '. . . . . . . . . . . . erase outline . . idle idle',
  erase: '. . . . . . . . . . . brush . outline . . idle idle',
  outline: '. . . . . . . . . . . brush erase . . . idle idle',
};

const wanted = (mode: Mode, signal: Signal): Mode => {
  const cell = TABLE[mode].split(' ')[SIGNALS.indexOf(signal)];
  return cell === '.' ? mode : (cell as Mode);
};

describe('modes', () => {
  it('have a cell for every signal', () => {
    for (const mode of MODES) expect(TABLE[mode].split(' ')).toHaveLength(SIGNALS.length);
  });

  it.each(MODES.flatMap((mode) => SIGNALS.map((signal) => [mode, signal] as const)))('%s on %s', (mode, signal) => {
    expect(follow(mode, signal)).toBe(wanted(mode, signal));
  });

  it('are all left by cancel', () => {
    for (const mode of MODES) expect(follow(mode, 'cancel')).toBe('idle');
  });

  it('can all be come to from idle', () => {
    const reached = new Set<Mode>(['idle']);
    for (const mode of reached) for (const signal of SIGNALS) reached.add(follow(mode, signal));
    expect([...reached].sort()).toEqual([...MODES].sort());
  });

  it('say of themselves what they are for', () => {
    expect(MODES.filter(isDrawing)).toEqual(['draw-drag', 'draw-depth', 'draw-points', 'brush', 'erase', 'outline']);
    expect(MODES.filter(isPainting)).toEqual(['brush', 'erase', 'outline']);
    expect(MODES.filter(isEditing)).toEqual(['move', 'resize', 'rotate', 'edit-vertex']);
  });
});
