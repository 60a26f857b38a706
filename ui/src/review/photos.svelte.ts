import type { ImageId } from '../api';

export type Photo = { state: 'loading' | 'ready' | 'failed'; picture: ImageBitmap | null };

const LOADING: Photo = { state: 'loading', picture: null };
/** Decoded photos are large; a few around the present place are enough. */
const KEPT = 6;

/** Photos decoded ahead of being shown, the latest few. */
export class Photos {
  private known = $state.raw<ReadonlyMap<ImageId, Photo>>(new Map());

  constructor(private readonly urlOf: (id: ImageId) => string) {}

  get(id: ImageId): Photo {
    return this.known.get(id) ?? LOADING;
  }

  /** Begins to load a photo unless it is here or on its way. */
  load(id: ImageId): void {
    const here = this.known.get(id);
    if (here && here.state !== 'failed') {
      this.set(id, here);
      return;
    }
    this.set(id, LOADING);
    const element = new Image();
    element.src = this.urlOf(id);
    // The pixels themselves: of an image element the browser may let go of them and decode it anew while it is drawn.
    element
      .decode()
      .then(() => createImageBitmap(element))
      .then(
        (picture) => this.set(id, { state: 'ready', picture }),
        () => this.set(id, { state: 'failed', picture: null }),
      );
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
