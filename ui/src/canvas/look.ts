// What the canvas is given to show.

import type { Box, Point, Size } from './box';
import type { Geometry, Tool } from './geometry';
import type { Template } from './grips';
import type { Edges } from './hit';
import type { Levels } from './levels';
import type { Mode } from './modes';

export type CanvasShape = {
  id: number;
  geometry: Geometry;
  /** Higher ones lie above lower ones. */
  z: number;
  /** Joints of a skeleton that are joined, by their places. */
  edges: Edges;
  /** `#rrggbb`. */
  colour: string;
  text: string;
  score: string | null;
  /** Shown for completeness only: withdrawn or rejected. */
  faint: boolean;
  /** Of a track, and between its keyframes. */
  between: boolean;
};

/** Another opinion on the shape in focus, with a pattern and a chip of its own. */
export type Ghost = { rect: Box; by: 'draft' | 'second_look'; text: string; score: string | null };

/** Whose opinion it is tells the pattern too, not only the chip. */
export const GHOST_DASH = { draft: [6, 4], second_look: [12, 4, 2, 4] } as const;

/** What the stage shows. */
export type Picture = {
  /** Changes with the image, so that a flight begins from the whole of it. */
  key: number | null;
  photo: Levels | null;
  size: Size;
  shapes: readonly CanvasShape[];
  focus: number | null;
  /** The focus, and what is chosen with it. */
  selected: ReadonlySet<number>;
  /** Neither picked nor changed. */
  locked: ReadonlySet<number>;
  /** Shapes as keys have changed them so far. */
  fixing: ReadonlyMap<number, Geometry> | null;
  ghost: Ghost | null;
  /** What is drawn but not yet named. */
  sketch: Geometry | null;
  tool: Tool;
  /** Of the skeleton that would be drawn. */
  template: Template | null;
  dim: boolean;
  hidden: boolean;
  /** Whether shapes can be changed. */
  editable: boolean;
  /** Lines between pixels, where they are large enough. */
  grid: boolean;
  /** Whether what is dragged near an edge of the image goes to it. */
  snap: boolean;
  /** Lines through the pointer while a shape is drawn. */
  cross: boolean;
};

export const NOTHING: Picture = {
  key: null,
  photo: null,
  size: { width: 0, height: 0 },
  shapes: [],
  focus: null,
  selected: new Set(),
  locked: new Set(),
  fixing: null,
  ghost: null,
  sketch: null,
  tool: 'box',
  template: null,
  dim: true,
  hidden: false,
  editable: true,
  grid: false,
  snap: false,
  cross: true,
};

/** What the canvas reports. */
export type StageEvents = {
  /** `extend`: in addition to what is chosen. */
  pick: (id: number | null, extend: boolean) => void;
  /** All shapes within an area that was drawn around them. */
  area: (ids: number[]) => void;
  reshape: (id: number, geometry: Geometry) => void;
  /** Several shapes moved together. */
  move: (changes: ReadonlyMap<number, Geometry>) => void;
  draw: (geometry: Geometry) => void;
  mode: (mode: Mode) => void;
  /** Where a shape would begin; `null`: nowhere any more. */
  aim: (at: Point | null) => void;
  /** A click where one would begin; true where something else came of it. */
  take: (at: Point) => boolean;
  /** What is done is kept, but looks like a mistake: an outline that crosses itself, a mask without pixels. */
  warn: (about: Warning) => void;
  /** What of the shape in focus is under the pointer and has keys of its own. */
  over: (what: 'vertex' | 'joint' | null) => void;
};
export type Warning = 'crosses' | 'empty' | 'small' | 'fewest';
