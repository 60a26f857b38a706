import type { Point } from '../box';
import type { Tool } from '../geometry';
import type { Signal } from '../modes';
import { Corners } from './corners';
import type { Drawing, Ground } from './drawing';
import { Points } from './points';

export { Brush, type Way } from './brush';
export type { Drawing, Ground, Sketch } from './drawing';

/** A shape begun at a place, and what that means for the canvas. */
export function begun(tool: Exclude<Tool, 'mask'>, at: Point, ground: Ground): { drawing: Drawing; signal: Signal } {
  if (tool === 'polygon' || tool === 'polyline' || tool === 'points') {
    return { drawing: new Points(tool, at, ground), signal: 'begin-points' };
  }
  return { drawing: new Corners(tool, at, ground), signal: 'begin-drag' };
}
