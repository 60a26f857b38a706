import { geometryOf, sameGeometry, type Action, type AnnotationId, type AnnotationView, type Geometry } from '../api';
import { sound } from '../canvas/geometry';
import type { Size } from '../canvas/box';

/** Shapes while keys change them, before the change is kept. */
export class Fixing {
  now = $state.raw<ReadonlyMap<AnnotationId, Geometry> | null>(null);

  start(boxes: readonly AnnotationView[]): void {
    const placed = boxes.filter((box) => box.shape.kind !== 'tag');
    this.now = placed.length > 0 ? new Map(placed.map((box) => [box.id, geometryOf(box)])) : null;
  }

  change(how: (geometry: Geometry) => Geometry): void {
    if (this.now) this.now = new Map([...this.now].map(([id, geometry]) => [id, how(geometry)]));
  }

  cancel(): void {
    this.now = null;
  }

  /** The end of it: each of `boxes` that is to differ, with what makes it so. */
  take(boxes: readonly AnnotationView[], size: Size): { box: AnnotationView; action: Action }[] {
    const { now } = this;
    this.now = null;
    return boxes.flatMap((box) => {
      const wanted = now?.get(box.id);
      const geometry = wanted && sound(wanted, size);
      if (!geometry || sameGeometry(geometry, geometryOf(box))) return [];
      return [{ box, action: { do: 'reshape', id: box.id, revision: box.revision, geometry } }];
    });
  }
}
