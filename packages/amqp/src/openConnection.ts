import { type ChannelModel, connect, credentials, type SocketOptions } from 'amqplib';
import { type ConnectContext, InvalidOptionError } from 'schmoozer/compiled';
import { askPerAttempt } from 'schmoozer/messages';
import { closedError } from './closedError.js';
import type { AmqpLogin, ConnectionSettings } from './connectionOptions.js';
import { parseUrl } from './connectionOptions.js';
import { AmqpConnectionEndedError } from './errors.js';
import { Handshake } from './handshake.js';

/** How long a broker may take to confirm the close, in milliseconds. */
const GOODBYE_MS = 1000;

/** A channel of a connection: its end is the end of the session. */
interface Closable {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(): Promise<void>;
}

/** One connection of the client, and its end. */
export interface Link<TChannel extends Closable> {
  readonly channel: TChannel;
  /** Resolves when the channel or the connection has ended, or `fail` was called. */
  readonly ended: Promise<{ readonly error: unknown }>;
  fail(error: unknown): void;
  isBlocked(): boolean;
  /**
   * Closes the connection in order, the channel first: otherwise the client would end the connection before it has sent
   * the channel's data.
   */
  close(): Promise<void>;
}

/**
 * Connects once, and opens a channel. An abort destroys the socket.
 *
 * @param prepare prepares the connection before the session
 * @throws what the client, a function of the options or `prepare` throws; the signal's reason once it is aborted
 */
export async function openConnection<TChannel extends Closable, T>(
  settings: ConnectionSettings,
  attempt: ConnectContext,
  openChannel: (model: ChannelModel) => Promise<TChannel>,
  prepare: (link: Link<TChannel>) => Promise<T>,
): Promise<T> {
  const { target, login } = parseUrl(await askPerAttempt(settings.url, attempt), settings.tls);
  const answer = await askPerAttempt(settings.login, attempt);
  const { signal } = attempt;
  signal.throwIfAborted();
  const unwanted = new AbortController();
  const handshake = new Handshake();
  const hangUp = () => {
    unwanted.abort();
    // After an error of TLS, Node's socket stays open, and ignores its signal.
    handshake.destroy();
  };
  signal.addEventListener('abort', hangUp, { once: true });
  let life: Life | undefined;
  const heartbeat = Math.ceil(settings.heartbeatMs / 1000);
  const options = {
    ...settings.clientOptions,
    keepAlive: settings.clientOptions.keepAlive ?? true,
    noDelay: settings.clientOptions.noDelay ?? true,
    ...settings.tls,
    credentials: checkLogin(answer ?? login),
    signal: unwanted.signal,
  } as SocketOptions;
  try {
    const model = await handshake.watch(() => connect({ ...target, heartbeat }, options));
    life = lifeOf(model, hangUp, settings.onBlocked);
    return await prepare(linkOf(life, await openChannel(model)));
  } catch (error) {
    hangUp();
    if (signal.aborted) throw signal.reason;
    const end = isEcho(error) && (await Promise.race([life?.ended, Promise.resolve()]));
    throw end ? end.error : handshake.errorOf(error);
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
}

/**
 * True for the client's error of a pending request after the end of the connection or the channel: it does not contain
 * the cause.
 */
function isEcho(error: unknown): boolean {
  const { name, message } = Object(error) as Partial<Error>;
  return name === 'IllegalOperationError' || message?.startsWith('Channel ended') === true;
}

interface Life extends Pick<Link<never>, 'ended' | 'fail' | 'isBlocked'> {
  /** Closes in an orderly way, and resolves when the connection has ended. */
  close(first: () => Promise<void>): Promise<void>;
}

function lifeOf(
  model: ChannelModel,
  hangUp: () => void,
  onBlocked: (reason: string | undefined) => void,
): Life {
  let isBlocked = false;
  const block = (reason: string | undefined) => {
    isBlocked = reason !== undefined;
    try {
      onBlocked(reason);
    } catch (error) {
      console.error(error);
    }
  };
  let fail!: (error: unknown) => void;
  const ended = new Promise<{ error: unknown }>((resolve) => {
    fail = (error) => resolve({ error: closedError(error) });
  });
  model.on('error', fail);
  model.on('blocked', block).on('unblocked', () => block(undefined));
  const gone = new Promise<void>((resolve) => {
    model.once('close', (error?: Error) => {
      fail(error ?? new AmqpConnectionEndedError('the AMQP connection was closed'));
      // After a heartbeat timeout the client leaves the socket open.
      hangUp();
      resolve();
    });
  });
  return {
    ended,
    fail,
    isBlocked: () => isBlocked,
    async close(first) {
      // A close that is not answered never settles.
      const timer = setTimeout(hangUp, GOODBYE_MS);
      const close = async () => {
        await first().catch(() => {});
        await model.close();
      };
      close().catch(() => {});
      await gone;
      clearTimeout(timer);
    },
  };
}

function linkOf<TChannel extends Closable>(life: Life, channel: TChannel): Link<TChannel> {
  const { fail } = life;
  channel.on('error', fail);
  channel.once('close', () => {
    // When a connection closes, the client first closes its channels, and reports the cause afterwards, in the same
    // turn.
    queueMicrotask(() => fail(new AmqpConnectionEndedError('the AMQP channel was closed')));
  });
  return { ...life, channel, close: () => life.close(() => channel.close()) };
}

type Fields = Record<string, unknown>;

/** The login to send; by default that of the client. */
function checkLogin(login: AmqpLogin | undefined): { mechanism: string; response(): Buffer } {
  if (login === undefined) return credentials.plain('guest', 'guest');
  const { username, password, mechanism, response, ...others } = Object(login) as Fields;
  if (typeof mechanism === 'string' && typeof response === 'function') {
    return login as { mechanism: string; response(): Buffer };
  }
  // The client separates the two with a zero byte, and would not send any other field.
  const isLogin = [username, password].every(
    (one) => typeof one === 'string' && !one.includes('\0'),
  );
  if (isLogin && Object.values(others).every((one) => one === undefined)) {
    return credentials.plain(username as string, password as string);
  }
  throw new InvalidOptionError(
    'login',
    'an object with `username` and `password`, or `credentials` of the client',
    login,
    typeof login,
  );
}
