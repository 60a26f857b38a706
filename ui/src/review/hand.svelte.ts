import { ApiError, type Api, type ImageId, type ImageView } from '../api';
import type { Desk } from './desk.svelte';
import { Photos } from './photos.svelte';

/** Brings images to hand: their photos, and what the engine holds of them. */
export class Hand {
  readonly photos: Photos;
  /** An image that could not be asked for, and why. */
  trouble = $state.raw<{ image: ImageId; error: ApiError } | null>(null);

  constructor(
    private readonly api: Pick<Api, 'imageUrl' | 'imageView'>,
    private readonly desk: Desk,
    private readonly onmet: (view: ImageView) => void,
  ) {
    this.photos = new Photos((id) => api.imageUrl(id));
  }

  bring(image: ImageId): void {
    this.photos.load(image);
    void this.fetch(image);
  }

  async fetch(image: ImageId, anew = false): Promise<void> {
    const before = this.desk.truth(image);
    if (!anew && before) return;
    try {
      const view = await this.api.imageView(image);
      // What a decision brought back meanwhile is newer.
      if (this.desk.truth(image) === before) this.desk.put([view]);
      if (this.trouble?.image === image) this.trouble = null;
      this.onmet(view);
    } catch (thrown) {
      this.trouble = { image, error: ApiError.from(thrown) };
    }
  }
}
