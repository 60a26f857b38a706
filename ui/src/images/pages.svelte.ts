import { ApiError, type Api, type ImageFilter, type ImageId, type ImageRow, type ImageView } from '../api';
import { pagesFor, type Range } from '../shared/virtual';

const SIZE = 200;
/** Pages kept; 60 × 200 rows are a few megabytes. */
const KEPT = 60;

/** The image list, fetched page by page as it comes into view. */
export class ImagePages {
  total = $state.raw(0);
  filter = $state.raw<ImageFilter>({ text: '', status: null });
  loaded = $state.raw(false);
  error = $state.raw<ApiError | null>(null);
  private pages = $state.raw<ReadonlyMap<number, readonly ImageRow[]>>(new Map());
  private range: Range = { first: 0, last: SIZE };
  /** Answers to questions asked before the last change of filter are thrown away. */
  private generation = 0;
  private readonly asking = new Set<number>();
  private readonly stale = new Set<number>();

  constructor(private readonly api: Pick<Api, 'imagesPage' | 'imagePosition'>) {}

  row(index: number): ImageRow | null {
    return this.pages.get(Math.floor(index / SIZE))?.[index % SIZE] ?? null;
  }

  /** Rows of this range are, or come, into view. */
  show(range: Range): void {
    this.range = range;
    for (const page of pagesFor(range, SIZE)) {
      if ((!this.pages.has(page) || this.stale.has(page)) && !this.asking.has(page)) void this.fetch(page);
    }
  }

  async choose(filter: ImageFilter): Promise<void> {
    this.filter = filter;
    this.reset();
    this.range = { first: 0, last: SIZE };
    await this.fetch(0);
  }

  /** Everything may have changed: what is in view is asked anew, and shown as it was until the answer is here. */
  refresh(): void {
    this.generation += 1;
    this.asking.clear();
    for (const page of this.pages.keys()) this.stale.add(page);
    if (!this.loaded) void this.fetch(0);
    // An empty list shows no rows, and yet its first page must be asked for.
    else this.show(this.range.last > this.range.first ? this.range : { first: 0, last: 1 });
  }

  clear(): void {
    this.filter = { text: '', status: null };
    this.reset();
    this.total = 0;
    this.loaded = false;
  }

  /** Puts rows that came back with a decision in the place of the old ones. */
  patch(views: readonly ImageView[]): void {
    if (views.length === 0) return;
    const fresh = new Map(views.map((view) => [view.image.id, view.image]));
    const next = new Map(this.pages);
    for (const [page, rows] of this.pages) {
      if (rows.some((row) => fresh.has(row.id)))
        next.set(
          page,
          rows.map((row) => fresh.get(row.id) ?? row),
        );
    }
    this.pages = next;
  }

  /** Where an image is in the list as filtered; `null` where it is not. */
  async position(id: ImageId): Promise<number | null> {
    for (const [page, rows] of this.pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * SIZE + at;
    }
    return this.api.imagePosition(id, this.filter);
  }

  /** The image at an index, fetched if need be; `null` past the ends. */
  async at(index: number): Promise<ImageRow | null> {
    if (index < 0 || index >= this.total) return null;
    const page = Math.floor(index / SIZE);
    if (!this.pages.has(page)) await this.fetch(page);
    return this.row(index);
  }

  private reset(): void {
    this.generation += 1;
    this.asking.clear();
    this.stale.clear();
    this.pages = new Map();
  }

  private async fetch(page: number): Promise<void> {
    const { generation } = this;
    this.asking.add(page);
    try {
      const got = await this.api.imagesPage(this.filter, page * SIZE, SIZE);
      if (generation !== this.generation) return;
      const next = new Map(this.pages);
      next.delete(page);
      next.set(page, got.rows);
      for (const old of next.keys()) {
        if (next.size <= KEPT) break;
        next.delete(old);
      }
      this.pages = next;
      this.total = got.total;
      this.stale.delete(page);
      this.error = null;
    } catch (thrown) {
      if (generation === this.generation) this.error = ApiError.from(thrown);
    } finally {
      if (generation === this.generation) {
        this.asking.delete(page);
        this.loaded = true;
      }
    }
  }
}
