import type { ImageId } from '../api';
import type { Levels } from '../canvas/levels';
import { decode } from './decode';

export type Photo = { state: 'loading' | 'ready' | 'failed'; levels: Levels | null };

const ASKED: Photo = { state: 'loading', levels: null };
/** Decoded photos are large; a few around the present place are enough. */
const KEPT = 6;

/** Photos decoded ahead of being shown, the latest few. */
export class Photos {
  private known = $state.raw<ReadonlyMap<ImageId, Photo>>(new Map());

  constructor(private readonly urlOf: (id: ImageId) => string) {}

  get(id: ImageId): Photo {
    return this.known.get(id) ?? ASKED;
  }

  /** Begins to load a photo unless it is here or on its way. */
  load(id: ImageId): void {
    const here = this.known.get(id);
    if (here && here.state !== 'failed') {
      this.set(id, here);
      return;
    }
    const asked = { ...ASKED };
    this.set(id, asked);
    void decode(this.urlOf(id)).then((levels) => {
      // Else nobody waits for it any more.
      if (this.known.get(id) === asked) this.set(id, { state: levels ? 'ready' : 'failed', levels });
    });
  }

  forget(): void {
    this.known = new Map();
  }

  private set(id: ImageId, photo: Photo): void {
    const next = new Map(this.known);
    next.delete(id);
    next.set(id, photo);
    for (const old of next.keys()) {
      if (next.size <= KEPT) break;
      next.delete(old);
    }
    this.known = next;
  }
}
