import { Socket } from 'node:net';
import type pg from 'pg';
import type { ConnectContext } from 'schmoozer/compiled';
import { askPerAttempt } from 'schmoozer/messages';
import { makeClient } from './makeClient.js';
import {
  checkLogin,
  checkUrl,
  type ConnectionSettings,
  type PostgresNotification,
} from './options.js';
import type { PostgresQueries } from './postgresClient.js';

/** How long an orderly disconnect may take, in milliseconds. */
const GOODBYE_MS = 1000;

/** A session that listens: a client that does not reconnect, its socket, and its end. */
export class PostgresSession {
  /** Resolves, when the connection has ended, to the error that broke it. */
  readonly ended: Promise<{ readonly error: unknown }>;
  readonly #client: InstanceType<typeof pg.Client>;
  readonly #socket: Socket;
  readonly #heartbeatMs: number;
  #resolveEnded!: (end: { readonly error: unknown }) => void;
  #end: { readonly error: unknown } | undefined;
  /** Callbacks instead of reactions of `ended`, which would exist as long as the session. */
  readonly #waiting = new Set<(error: unknown) => void>();
  /** Number of pending queries that have their own deadline. */
  #asked = 0;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    { heartbeatMs }: ConnectionSettings,
    client: InstanceType<typeof pg.Client>,
    socket: Socket,
  ) {
    this.#client = client;
    this.#socket = socket;
    this.#heartbeatMs = heartbeatMs;
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    client.on('error', (error: Error) => this.lose(error));
    client.once('end', () => this.lose(new Error('the Postgres server closed the connection')));
  }

  /**
   * Connects once, and resolves when the server has confirmed each `LISTEN` and `begin` has finished. An abort destroys
   * the socket.
   *
   * @throws the error of the client, the server, a function of the options or `begin`; the signal's reason once it is
   * aborted
   */
  static async open(
    settings: ConnectionSettings,
    attempt: ConnectContext,
    onNotification: (notification: PostgresNotification) => void,
    begin: (session: PostgresSession) => Promise<void> = async () => {},
  ): Promise<PostgresSession> {
    const url = checkUrl(await askPerAttempt(settings.url, attempt), settings);
    const login = checkLogin(await askPerAttempt(settings.login, attempt));
    const { signal } = attempt;
    signal.throwIfAborted();
    const socket = new Socket();
    const client = makeClient(settings, url, login, socket);
    client.on('notification', ({ channel, payload = '', processId }) =>
      onNotification({ channel, payload, processId }),
    );
    const session = new PostgresSession(settings, client, socket);
    const abort = () => session.lose(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      const listen = settings.channels.map((channel) => `LISTEN ${quoted(channel)}`).join(';');
      const opening = client
        .connect()
        .then(() => client.query(listen))
        .then(() => begin(session));
      await session.#orEnd(opening);
      session.#beatLater();
      return session;
    } catch (error) {
      session.lose(error);
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  get isLost(): boolean {
    return this.#end !== undefined;
  }

  /** Closes the socket without a disconnect message; the first call determines the error. */
  lose(error: unknown): void {
    this.#socket.destroy();
    if (this.#end) return;
    this.#end = { error };
    clearTimeout(this.#heartbeat);
    this.#resolveEnded(this.#end);
    for (const reject of this.#waiting) reject(error);
  }

  /** Sends a query. If there is no answer after `ms`, the server counts as lost; also rejects when the session ends. */
  async within<T>(ms: number, ask: (client: PostgresQueries) => T | PromiseLike<T>): Promise<T> {
    const lose = () => this.lose(new Error(`the Postgres server has not answered for ${ms} ms`));
    const timer = setTimeout(lose, ms);
    this.#asked += 1;
    try {
      return await this.#orEnd((async () => ask(this.#client as unknown as PostgresQueries))());
    } finally {
      this.#asked -= 1;
      clearTimeout(timer);
    }
  }

  /** Stops listening: notifications that still arrive are ignored. */
  unlisten(): void {
    if (!this.isLost) this.#client.query('UNLISTEN *').catch(() => {});
  }

  /** Disconnects in an orderly way, within at most a second. */
  async close(): Promise<void> {
    clearTimeout(this.#heartbeat);
    const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
    try {
      await this.#client.end();
    } finally {
      clearTimeout(timer);
    }
  }

  #beatLater(): void {
    if (this.isLost) return;
    const isHeard = () => this.within(this.#heartbeatMs, (client) => client.query('SELECT 1'));
    const beat = async () => {
      try {
        if (this.#asked === 0) await isHeard();
        this.#beatLater();
      } catch (error) {
        this.lose(error);
      }
    };
    this.#heartbeat = setTimeout(() => void beat(), this.#heartbeatMs);
  }

  /**
   * Settles like `work`, or rejects with the error that ended the session: without a server, a query would never
   * settle.
   */
  #orEnd<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      const done = () => this.#waiting.delete(reject);
      Promise.resolve(work).finally(done).then(resolve, reject);
      if (this.#end) reject(this.#end.error);
    });
  }
}

/** Quotes an identifier, because `LISTEN` folds the case of an unquoted name. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
