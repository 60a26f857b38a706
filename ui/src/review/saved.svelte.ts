import { ApiError, type Api, type SavedFilter } from '../api';
import { m } from '../shared/i18n/index.svelte';

type Ways = Pick<Api, 'filters' | 'filterSave' | 'filterDelete'>;

/** The filters that the project keeps under names. */
export class SavedFilters {
  all = $state.raw<readonly SavedFilter[]>([]);

  constructor(private readonly api: Ways) {}

  async load(): Promise<void> {
    this.all = await this.api.filters();
  }

  async save(saved: SavedFilter): Promise<void> {
    this.all = await this.api.filterSave(saved);
  }

  async delete(name: string): Promise<void> {
    this.all = await this.api.filterDelete(name);
  }

  /** The new name is there before the old one goes: nothing is lost when the second fails. Rejects a name in use. */
  async rename(saved: SavedFilter, name: string): Promise<void> {
    if (name === saved.name) return;
    if (this.all.some((other) => other.name === name)) {
      throw new ApiError({ code: 'invalid', message: m.review.queue.filter.inUse(name) });
    }
    await this.save({ ...saved, name });
    await this.delete(saved.name);
  }
}
