import { type ChannelModel, connect, credentials, type SocketOptions } from 'amqplib';
import { type ConnectContext, InvalidOptionError } from 'schmoozer';
import { askPerAttempt } from 'schmoozer/messages';
import { closedError } from './closedError.js';
import type { AmqpLogin, ConnectionSettings } from './connectionOptions.js';
import { parseUrl } from './connectionOptions.js';
import { AmqpConnectionEndedError } from './errors.js';
import { Handshake } from './handshake.js';

/** How long a broker may take to answer a goodbye. */
const GOODBYE_MS = 1000;

/** What a channel is to its connection: an end of it is an end of the session. */
interface Closable {
  on(event: 'error', listener: (error: unknown) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(): Promise<void>;
}

/** One connection of the client, and how it ends. */
export interface Link<TChannel extends Closable> {
  readonly channel: TChannel;
  /** Resolves when the channel or the connection is gone, or `fail` was called. */
  readonly ended: Promise<{ readonly error: unknown }>;
  fail(error: unknown): void;
  isBlocked(): boolean;
  /** Says goodbye, channel first: the client sends the end of a connection before what a channel still holds. */
  close(): Promise<void>;
}

/**
 * Connects once, and opens a channel. An abort destroys the socket.
 *
 * @param prepare what the connection needs before the session
 * @throws what the client, a function of the options or `prepare` throws; the signal's reason once it is aborted
 */
export async function openConnection<TChannel extends Closable, T>(
  settings: ConnectionSettings,
  attempt: ConnectContext,
  openChannel: (model: ChannelModel) => Promise<TChannel>,
  prepare: (link: Link<TChannel>) => Promise<T>,
): Promise<T> {
  const { target, login } = parseUrl(await askPerAttempt(settings.url, attempt));
  const answer = await askPerAttempt(settings.login, attempt);
  const { signal } = attempt;
  signal.throwIfAborted();
  const hangUp = new AbortController();
  const abort = () => hangUp.abort();
  signal.addEventListener('abort', abort, { once: true });
  const handshake = new Handshake();
  const heartbeat = Math.ceil(settings.heartbeatMs / 1000);
  const options = {
    keepAlive: true,
    noDelay: true,
    ...settings.clientOptions,
    ...settings.tls,
    credentials: checkLogin(answer ?? login),
    signal: hangUp.signal,
  } as SocketOptions;
  try {
    const model = await handshake.watch(() => connect({ ...target, heartbeat }, options));
    const link = await linkOf(model, openChannel, hangUp, settings.onBlocked);
    return await prepare(link);
  } catch (error) {
    hangUp.abort();
    throw signal.aborted ? signal.reason : handshake.errorOf(error);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function linkOf<TChannel extends Closable>(
  model: ChannelModel,
  openChannel: (model: ChannelModel) => Promise<TChannel>,
  hangUp: AbortController,
  onBlocked: (reason: string | undefined) => void,
): Promise<Link<TChannel>> {
  let isBlocked = false;
  const block = (reason: string | undefined) => {
    isBlocked = reason !== undefined;
    try {
      onBlocked(reason);
    } catch (error) {
      console.error(error);
    }
  };
  let end!: (error: unknown) => void;
  const ended = new Promise<{ error: unknown }>((resolve) => {
    end = (error) => resolve({ error: closedError(error) });
  });
  model.on('error', end);
  model.on('blocked', block).on('unblocked', () => block(undefined));
  const gone = new Promise<void>((resolve) => {
    model.once('close', (error?: Error) => {
      end(error ?? new AmqpConnectionEndedError('the AMQP connection was closed'));
      // After a heartbeat timeout the client leaves the socket open.
      hangUp.abort();
      resolve();
    });
  });
  const channel = await openChannel(model);
  channel.on('error', end);
  channel.once('close', () => end(new AmqpConnectionEndedError('the AMQP channel was closed')));
  return {
    channel,
    ended,
    fail: end,
    isBlocked: () => isBlocked,
    async close() {
      // A goodbye that is not answered never settles.
      const timer = setTimeout(() => hangUp.abort(), GOODBYE_MS);
      const close = async () => {
        await channel.close().catch(() => {});
        await model.close();
      };
      close().catch(() => {});
      await gone;
      clearTimeout(timer);
    },
  };
}

/** What goes out; by default that of the client. */
function checkLogin(login: AmqpLogin | undefined): { mechanism: string; response(): Buffer } {
  if (login === undefined) return credentials.plain('guest', 'guest');
  const { username, password, mechanism, response } = Object(login) as Record<string, unknown>;
  if (typeof mechanism === 'string' && typeof response === 'function') {
    return login as { mechanism: string; response(): Buffer };
  }
  // The client joins both by a zero byte.
  if ([username, password].every((one) => typeof one === 'string' && !one.includes('\0'))) {
    return credentials.plain(username as string, password as string);
  }
  throw new InvalidOptionError(
    'login',
    'an object with `username` and `password`, or `credentials` of the client',
    login,
    typeof login,
  );
}
