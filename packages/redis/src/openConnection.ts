import type { ConnectContext } from 'schmoozer/compiled';
import { askPerAttempt } from 'schmoozer/messages';
import type { OpenClient, RedisConnection, RedisMessage, Target } from './connection.js';
import { checkLogin, type ConnectionSettings, type RedisLogin } from './connectionOptions.js';

const MAX_REDIRECTS = 5;

/** A connection that is logged in, and the result of `begin`. */
export interface Opened<T> {
  readonly connection: RedisConnection;
  readonly begun: T;
}

/**
 * Connects, logs in, and calls `begin`. A cluster's `MOVED` is followed. An abort destroys the socket. After that, a
 * silent server ends the connection.
 *
 * @throws the error of the server, the client, or the function `login`; the signal's reason once it is aborted
 */
export async function openConnection<T>(
  settings: ConnectionSettings,
  attempt: ConnectContext,
  how: {
    readonly open: OpenClient;
    readonly onMessage?: (message: RedisMessage) => void;
    readonly begin: (connection: RedisConnection) => Promise<T>;
  },
): Promise<Opened<T>> {
  const { address, heartbeatMs } = settings;
  const answer = await askPerAttempt(settings.login, attempt);
  const login = answer === undefined ? address.login : checkLogin(answer);
  const { signal } = attempt;
  let { target } = address;
  for (let redirects = 0; ; redirects++) {
    signal.throwIfAborted();
    const connection = how.open(target, how.onMessage ?? (() => {}));
    const abort = () => void connection.close();
    signal.addEventListener('abort', abort, { once: true });
    const lost = connection.ended.then(({ error }) => Promise.reject(error as Error));
    try {
      const begun = await Promise.race([greet(connection, settings, login, how.begin), lost]);
      watch(connection, heartbeatMs);
      return { connection, begun };
    } catch (error) {
      await connection.close();
      if (signal.aborted) throw signal.reason;
      const next = movedTo(error, target);
      if (next === undefined || redirects === MAX_REDIRECTS) throw error;
      target = next;
    } finally {
      signal.removeEventListener('abort', abort);
      lost.catch(() => {});
    }
  }
}

async function greet<T>(
  connection: RedisConnection,
  { address, clientName }: ConnectionSettings,
  login: RedisLogin | undefined,
  begin: (connection: RedisConnection) => Promise<T>,
): Promise<T> {
  await connection.ready;
  if (login) {
    const { username, password } = login;
    await (username === undefined
      ? connection.send('AUTH', password)
      : connection.send('AUTH', username, password));
  }
  if (address.database > 0) await connection.send('SELECT', String(address.database));
  if (clientName !== undefined) await connection.send('CLIENT', 'SETNAME', clientName);
  return begin(connection);
}

/** The server of a cluster that has the slot; an empty host means the server that answered. */
function movedTo(error: unknown, target: Target): Target | undefined {
  const message = error instanceof Error ? error.message : '';
  const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
  if (port === undefined) return undefined;
  return { ...target, host: host || target.host, port: Number(port), path: undefined };
}

/** Ends the connection when the server does not answer in time; a late timer first handles arrived data. */
function watch(connection: RedisConnection, heartbeatMs: number): void {
  let isWaiting = false;
  const timer = setInterval(() => {
    if (isWaiting) {
      setImmediate(() => {
        if (isWaiting)
          void connection.close(
            new Error(`the Redis server left a PING unanswered for ${heartbeatMs} ms`),
          );
      });
      return;
    }
    isWaiting = true;
    connection.send('PING').then(
      () => (isWaiting = false),
      (error: unknown) => connection.close(error),
    );
  }, heartbeatMs);
  void connection.ended.then(() => clearInterval(timer));
}
