import { ApiError, type Api, type CvatConnection, type CvatServer } from '../api';
import { readPref, writePref } from '../shared/prefs';

const isText = (value: unknown): value is string => typeof value === 'string';

/** What a server answered when it was asked last, or why it did not. */
export type Answer = { server: CvatServer } | { error: string };

/** The CVAT servers that the person has connected to, and the one in use. */
export class Servers {
  list = $state.raw<readonly CvatConnection[]>([]);
  error = $state<string | null>(null);
  /** By the connection's name. */
  answers = $state.raw<ReadonlyMap<string, Answer>>(new Map());
  private chosen = $state(readPref('cvat.connection', '', isText));
  readonly current: CvatConnection | null = $derived(
    this.list.find(({ name }) => name === this.chosen) ?? this.list[0] ?? null,
  );

  constructor(private readonly api: Api) {}

  async load(): Promise<void> {
    try {
      this.list = await this.api.cvatConnections();
      this.error = null;
    } catch (thrown) {
      this.error = ApiError.from(thrown).message;
    }
  }

  choose(name: string): void {
    this.chosen = name;
    writePref('cvat.connection', name);
  }

  /** Asks the server who the token belongs to and keeps the connection; whether it answered. No token: the one there is. */
  async connect(connection: CvatConnection, token: string | null): Promise<Answer> {
    const answer = await this.ask(connection, token);
    this.answers = new Map(this.answers).set(connection.name, answer);
    if ('server' in answer) await this.load();
    return answer;
  }

  private async ask(connection: CvatConnection, token: string | null): Promise<Answer> {
    try {
      return { server: await this.api.cvatConnect(connection, token) };
    } catch (thrown) {
      return { error: ApiError.from(thrown).message };
    }
  }

  async forget(name: string): Promise<void> {
    try {
      await this.api.cvatDisconnect(name);
    } catch (thrown) {
      this.error = ApiError.from(thrown).message;
      return;
    }
    await this.load();
  }
}
