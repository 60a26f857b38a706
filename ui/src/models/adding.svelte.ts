import {
  ApiError,
  type AddedModel,
  type AddModel,
  type Api,
  type CardReason,
  type ImageId,
  type ImageRow,
  type LabelList,
  type ModelTrial,
  type SeenPhoto,
  type TriedClass,
  type TryOn,
} from '../api';

/** What may be said in place of what the file says or is guessed. */
export type Said = Partial<
  Pick<
    AddModel,
    'head' | 'size' | 'layout' | 'channels' | 'values' | 'resize' | 'sizes' | 'labels' | 'nms_iou' | 'licence' | 'name'
  >
>;

type Ways = Pick<
  Api,
  'modelTry' | 'modelTryEnd' | 'modelAdd' | 'imagesPage' | 'imagePosition' | 'imageUrl' | 'thumbUrl' | 'triedUrl'
>;

const SAYS_NOTHING = {
  name: null,
  head: null,
  size: null,
  layout: null,
  channels: null,
  values: null,
  resize: null,
  sizes: null,
  labels: null,
  nms_iou: null,
  licence: null,
} as const;
/** Weaker boxes are not asked for; the slider hides the others without asking anew. */
export const LEAST = 0.05;
/** Not at every letter, or at every step of a control. */
const WAIT_MS = 250;
/** Photos offered at once. */
const STRIP = 6;
const ALL = { text: '', status: null } as const;

const same = (a: TryOn, b: TryOn | null): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A list of which there is something; one that is yet to be named is none. */
function listed(list: LabelList | null | undefined): LabelList | null {
  if (typeof list !== 'object' || list === null) return list ?? null;
  return ('file' in list ? list.file : list.names).trim() === '' ? null : list;
}

/** A graph that is about to be added; kept while the project is open, so that a dialog closed by mistake loses nothing. */
export class Adding {
  file = $state('');
  said = $state.raw<Said>({});
  /** By the graph's name of a class, what projects call it; empty: its boxes are left out. */
  rename = $state.raw<ReadonlyMap<string, string>>(new Map());
  replace = $state(false);
  photo = $state.raw<TryOn | null>(null);
  /** Boxes that score less are not shown. */
  score = $state(0.25);

  trial = $state.raw<ModelTrial | null>(null);
  /** The photo of the trial. */
  private tried = $state.raw<TryOn | null>(null);
  /** Why there is no trial at all. */
  error = $state<string | null>(null);
  busy = $state(false);
  saving = $state(false);
  added = $state.raw<AddedModel | null>(null);

  /** The project's photos around the one that is shown. */
  strip = $state.raw<readonly ImageRow[]>([]);
  total = $state(0);
  at = $state(0);

  /** Counted up to ask the same again. */
  turn = $state(0);
  private asked = 0;

  readonly path: string = $derived(this.file.trim());
  readonly request: AddModel | null = $derived(
    this.path === ''
      ? null
      : {
          ...SAYS_NOTHING,
          ...this.said,
          labels: listed(this.said.labels),
          file: this.path,
          rename: [...this.rename],
          preview: this.photo,
          above: LEAST,
          replace: this.replace,
        },
  );
  readonly reasons: ReadonlyMap<string, CardReason> = $derived(
    new Map(this.trial?.reasons.map((reason) => [reason.what, reason])),
  );
  readonly guesses: number = $derived(this.trial?.reasons.filter(({ sure }) => !sure).length ?? 0);
  readonly classes: readonly TriedClass[] = $derived(this.trial?.classes ?? []);
  /** Labels that the project lacks, each once. */
  readonly lacking: readonly string[] = $derived(
    this.trial?.takes_over
      ? []
      : [...new Set(this.classes.filter(({ label, into }) => label !== '' && into === null).map(({ label }) => label))],
  );
  readonly ready: boolean = $derived(
    !this.busy && !this.saving && this.trial !== null && this.error === null && this.trial.problems.length === 0,
  );

  constructor(private readonly api: Ways) {}

  /** Another file: what was said of the one before is not said of it. */
  open(file: string): void {
    if (file.trim() !== this.path) {
      this.said = {};
      this.rename = new Map();
      this.replace = false;
      this.trial = null;
    }
    this.added = null;
    this.file = file;
  }

  /** `null`: as the file says or as is guessed. */
  say(what: Said): void {
    this.said = Object.fromEntries(Object.entries({ ...this.said, ...what }).filter(([, value]) => value !== null));
    // Renames name classes of the list that was there.
    if ('labels' in what) this.rename = new Map();
    if ('name' in what) this.replace = false;
  }

  /** `null`: as the graph names it. */
  call(name: string, label: string | null): void {
    const rename = new Map(this.rename);
    if (label === null || label === name) rename.delete(name);
    else rename.set(name, label);
    this.rename = rename;
  }

  problem(about: ModelTrial['problems'][number]['about']): string | null {
    return this.trial?.problems.find((one) => one.about === about)?.message ?? null;
  }

  again(): void {
    this.turn += 1;
  }

  /** Asks what comes of a request, a moment later; returns what calls it off. */
  follow(request: AddModel | null): () => void {
    const ask = (this.asked += 1);
    if (request === null) {
      this.trial = null;
      this.error = null;
      this.busy = false;
      return () => undefined;
    }
    this.busy = true;
    const timer = setTimeout(() => void this.look(request, ask), WAIT_MS);
    return () => clearTimeout(timer);
  }

  private async look(request: AddModel, ask: number): Promise<void> {
    try {
      const trial = await this.api.modelTry(request);
      if (ask !== this.asked) return;
      this.trial = trial;
      this.tried = request.preview;
      this.error = null;
    } catch (thrown) {
      if (ask !== this.asked) return;
      this.error = ApiError.from(thrown).message;
    }
    this.busy = false;
  }

  async save(): Promise<void> {
    const { request } = this;
    if (!this.ready || request === null) return;
    this.saving = true;
    try {
      this.added = await this.api.modelAdd({ ...request, preview: null });
    } catch (thrown) {
      this.error = ApiError.from(thrown).message;
    }
    this.saving = false;
  }

  /** Forgets the graph: it was added, or another one comes. */
  begin(): void {
    this.open('');
    this.added = null;
    this.error = null;
  }

  /** The dialog is closed: the engine need not keep the graph loaded. */
  async end(): Promise<void> {
    this.asked += 1;
    this.busy = false;
    if (this.added) this.begin();
    await this.api.modelTryEnd().catch(() => undefined);
  }

  /** Shows a photo of the project, by its place in the list. */
  async show(at: number): Promise<void> {
    const from = Math.floor(Math.max(0, at) / STRIP) * STRIP;
    const page = await this.api.imagesPage(ALL, from, STRIP);
    const row = page.rows[at - from];
    this.strip = page.rows;
    this.total = page.total;
    if (!row) return;
    this.at = at;
    this.photo = { image: row.id };
  }

  /** The photo to begin with: the one in focus, else the first. */
  async begins(focus: ImageId | null): Promise<void> {
    if (this.photo !== null && this.strip.length > 0) return;
    const at = focus === null ? null : await this.api.imagePosition(focus, ALL);
    await this.show(at ?? 0);
  }

  tryOn(file: string): void {
    this.photo = { file };
  }

  /** What shows the photo, and what it is called; `null`: there is none. */
  get shown(): { url: string; name: string } | null {
    const { photo } = this;
    if (photo === null) return null;
    // The engine shows a file of which it was told.
    if ('file' in photo) return { url: this.isTried ? this.api.triedUrl(photo.file) : '', name: photo.file };
    const row = this.strip.find(({ id }) => id === photo.image);
    return { url: this.api.imageUrl(photo.image), name: row?.path ?? '' };
  }

  /** Whether the trial is of the photo that is shown, and not of the one before. */
  get isTried(): boolean {
    return this.photo !== null && same(this.photo, this.tried);
  }

  /** What was seen on the photo that is shown. */
  get seen(): SeenPhoto | null {
    return this.isTried ? (this.trial?.seen ?? null) : null;
  }

  thumb(id: ImageId): string {
    return this.api.thumbUrl(id);
  }
}
