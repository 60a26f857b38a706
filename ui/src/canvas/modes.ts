// What the canvas is in the middle of, and what may follow: a table, so that nothing else can happen.

export const MODES = [
  /** Nothing; a press picks, pans or takes hold of something. */
  'idle',
  'pan',
  /** Between the corners of an area whose shapes are chosen. */
  'area-select',
  'move',
  'resize',
  'rotate',
  'edit-vertex',
  /** Waiting for where a new shape begins. */
  'aim',
  /** Between the corners of a new shape. */
  'draw-drag',
  /** Between the faces of a new cuboid. */
  'draw-depth',
  /** Between the points of a new shape. */
  'draw-points',
  /** Painting a mask: on, off, and around what is to be filled. */
  'brush',
  'erase',
  'outline',
] as const;
export type Mode = (typeof MODES)[number];

export const SIGNALS = [
  /** A shape is to be drawn; a mask is to be painted. */
  'arm',
  'paint',
  /** The pointer goes down while nothing else is going on: on nothing, with Shift, on the shape in focus, on a grip. */
  'press-empty',
  'press-area',
  'press-body',
  'press-side',
  'press-turn',
  'press-vertex',
  /** A new shape begins: corner to corner, or point by point. */
  'begin-drag',
  'begin-points',
  /** Its front is there, now its depth. */
  'deepen',
  /** Another way of painting. */
  'to-brush',
  'to-erase',
  'to-outline',
  /** All points of it are taken back. */
  'restart',
  /** The pointer goes up at the end of a drag. */
  'release',
  /** The new shape is whole. */
  'done',
  'cancel',
] as const;
export type Signal = (typeof SIGNALS)[number];

const DRAGGED = { release: 'idle', cancel: 'idle' } as const;
const DRAWN = { done: 'idle', cancel: 'idle' } as const;

/** Only these moves are legal; any other signal leaves the mode as it is. */
export const MOVES: Readonly<Record<Mode, Partial<Record<Signal, Mode>>>> = {
  idle: {
    arm: 'aim',
    paint: 'brush',
    'press-empty': 'pan',
    'press-area': 'area-select',
    'press-body': 'move',
    'press-side': 'resize',
    'press-turn': 'rotate',
    'press-vertex': 'edit-vertex',
  },
  pan: DRAGGED,
  'area-select': DRAGGED,
  move: DRAGGED,
  resize: DRAGGED,
  rotate: DRAGGED,
  'edit-vertex': DRAGGED,
  aim: { paint: 'brush', 'begin-drag': 'draw-drag', 'begin-points': 'draw-points', cancel: 'idle' },
  'draw-drag': { ...DRAWN, deepen: 'draw-depth', restart: 'aim' },
  'draw-depth': { ...DRAWN, restart: 'aim' },
  'draw-points': { ...DRAWN, restart: 'aim' },
  brush: { ...DRAWN, 'to-erase': 'erase', 'to-outline': 'outline' },
  erase: { ...DRAWN, 'to-brush': 'brush', 'to-outline': 'outline' },
  outline: { ...DRAWN, 'to-brush': 'brush', 'to-erase': 'erase' },
};

/** Whether a new shape is in the making, so that other work has to wait. */
export const isDrawing = (mode: Mode): boolean => 'done' in MOVES[mode];

/** Whether a mask is being painted. */
export const isPainting = (mode: Mode): mode is 'brush' | 'erase' | 'outline' =>
  mode === 'brush' || mode === 'erase' || mode === 'outline';

/** Whether something of a shape is being dragged. */
export const isEditing = (mode: Mode): boolean =>
  mode === 'move' || mode === 'resize' || mode === 'rotate' || mode === 'edit-vertex';

export function follow(mode: Mode, signal: Signal): Mode {
  return MOVES[mode][signal] ?? mode;
}
