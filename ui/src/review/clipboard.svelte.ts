import {
  geometryOf,
  type Action,
  type AnnotationView,
  type Details,
  type Geometry,
  type ImageId,
  type LabelId,
} from '../api';
import type { Size } from '../canvas/box';
import { movedBy, sound } from '../canvas/geometry';

/** How far beside its original a shape is pasted on the same image, pixels. */
const BESIDE = 10;

type Piece = { label: LabelId; geometry: Geometry; details: Details };

/** Shapes that were copied, with all that is said of them. */
export class Clipboard {
  private pieces = $state.raw<readonly Piece[]>([]);
  private from: ImageId | null = null;
  /** How often they were put on the image they are from; each time further beside. */
  private times = 0;

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  copy(boxes: readonly AnnotationView[]): void {
    this.pieces = piecesOf(boxes);
    this.from = boxes[0]?.image ?? null;
    this.times = 0;
  }

  /** They are no longer where they were copied, so that there they go to the same place. */
  cut(boxes: readonly AnnotationView[]): void {
    this.copy(boxes);
    this.times = -1;
  }

  /** Draws them on an image: at the same place, on the image they are from beside. */
  paste(image: ImageId, size: Size, firstGroup: number): { draws: Action[]; left: number } {
    if (image !== this.from) return drawnOn(this.pieces, image, size, firstGroup);
    this.times += 1;
    return drawnOn(beside(this.pieces, this.times * BESIDE, size), image, size, firstGroup);
  }
}

/** Draws `boxes` on another image, or on their own beside themselves. */
export function copies(
  boxes: readonly AnnotationView[],
  image: ImageId,
  size: Size,
  firstGroup: number,
): { draws: Action[]; left: number } {
  const pieces = piecesOf(boxes);
  const own = boxes[0]?.image === image;
  return drawnOn(own ? beside(pieces, BESIDE, size) : pieces, image, size, firstGroup);
}

/** In the order in which they were made, whichever was chosen first. */
function piecesOf(boxes: readonly AnnotationView[]): Piece[] {
  return boxes
    .toSorted((a, b) => a.id - b.id)
    .map((box) => {
      const { occluded, z_order, group, attributes } = box;
      return { label: box.label, geometry: geometryOf(box), details: { occluded, z_order, group, attributes } };
    });
}

/** An image has a tag or has it not: tags are not put there twice. */
function beside(pieces: readonly Piece[], by: number, size: Size): readonly Piece[] {
  if (by === 0) return pieces;
  const placed = pieces.filter(({ geometry }) => geometry.shape.kind !== 'tag');
  return placed.map((piece) => ({ ...piece, geometry: movedBy(piece.geometry, by, by, size) }));
}

/** `left`: how many have no place on the image. Who shared a group shares a new one, numbered from `firstGroup`. */
function drawnOn(
  pieces: readonly Piece[],
  image: ImageId,
  size: Size,
  firstGroup: number,
): { draws: Action[]; left: number } {
  const fitting = pieces.flatMap((piece) => {
    const geometry = sound(piece.geometry, size);
    return geometry ? [{ ...piece, geometry }] : [];
  });
  const groups = [...new Set(fitting.map(({ details }) => details.group).filter((group) => group))];
  const draws = fitting.map(({ label, geometry, details }): Action => {
    const group = details.group ? firstGroup + groups.indexOf(details.group) : 0;
    return { do: 'draw', image, label, geometry, details: { ...details, group } };
  });
  return { draws, left: pieces.length - fitting.length };
}
