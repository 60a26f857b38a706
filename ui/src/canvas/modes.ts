// What the canvas is in the middle of, and what may follow: a table, so that nothing else can happen.

export type Mode =
  /** Nothing; a press picks, pans, moves or resizes. */
  | 'idle'
  | 'pan'
  /** Waiting for the first corner of a new box. */
  | 'aim'
  /** Between the corners of a new box. */
  | 'draw'
  | 'move'
  | 'resize';

export type Signal =
  | 'arm'
  /** The pointer goes down: on nothing (or to pan on purpose), on the focused box, on one of its handles. */
  | 'press-empty'
  | 'press-body'
  | 'press-handle'
  | 'release'
  | 'cancel';

export const MODES: readonly Mode[] = ['idle', 'pan', 'aim', 'draw', 'move', 'resize'];
export const SIGNALS: readonly Signal[] = ['arm', 'press-empty', 'press-body', 'press-handle', 'release', 'cancel'];

/** Only these moves are legal; any other signal leaves the mode as it is. */
export const MOVES: Readonly<Record<Mode, Partial<Record<Signal, Mode>>>> = {
  idle: { arm: 'aim', 'press-empty': 'pan', 'press-body': 'move', 'press-handle': 'resize' },
  pan: { release: 'idle', cancel: 'idle' },
  aim: { 'press-empty': 'draw', 'press-body': 'draw', 'press-handle': 'draw', cancel: 'idle' },
  draw: { release: 'idle', cancel: 'idle' },
  move: { release: 'idle', cancel: 'idle' },
  resize: { release: 'idle', cancel: 'idle' },
};

export function follow(mode: Mode, signal: Signal): Mode {
  return MOVES[mode][signal] ?? mode;
}
