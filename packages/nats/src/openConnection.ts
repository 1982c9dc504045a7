// Why: docs/decisions/0013-the-socket-of-the-nats-client.md
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type ConnectContext, InvalidOptionError } from 'schmoozer/compiled';
import { askPerAttempt } from 'schmoozer/messages';
import { type ConnectionSettings, type NatsLogin, withoutLogins } from './connectionOptions.js';

interface Made {
  readonly socket: { destroy(): unknown };
}

// The client accepts no signal, and leaves the socket of a silent server open: the socket is intercepted where Node
// announces it.
const attempts = new AsyncLocalStorage<(made: Made) => void>();
let isSubscribed = false;

/**
 * Connects once; the client does not reconnect. An abort destroys the socket.
 *
 * @throws the error of the client, or of the function `login`; the signal's reason once it is aborted
 */
export async function openConnection(
  settings: ConnectionSettings,
  attempt: ConnectContext,
): Promise<NatsConnection> {
  if (!isSubscribed) {
    isSubscribed = true;
    subscribe('net.client.socket', (made) => attempts.getStore()?.(made as Made));
  }
  const { servers, tls, heartbeatMs, clientOptions } = settings;
  const answer = await askPerAttempt(settings.login, attempt);
  const { addresses, login } = withoutLogins(servers);
  const who = answer === undefined ? login() : checkLogin(answer);
  const { signal } = attempt;
  signal.throwIfAborted();
  const sockets: Made['socket'][] = [];
  const destroy = () => sockets.forEach((socket) => socket.destroy());
  signal.addEventListener('abort', destroy, { once: true });
  try {
    const connecting = attempts.run(
      ({ socket }) => void sockets.push(socket),
      () =>
        connect({
          ...clientOptions,
          ...who,
          ...(tls && { tls }),
          servers: addresses,
          reconnect: false,
          pingInterval: heartbeatMs,
          maxPingOut: 2,
        }),
    );
    return await connecting;
  } catch (error) {
    destroy();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', destroy);
  }
}

/** Resolves, when the connection has ended, to the error that broke it. */
export async function whenGone(nats: NatsConnection): Promise<unknown> {
  return (await nats.closed()) ?? new Error('the NATS server closed the connection');
}

/**
 * Executes requests to the server before the session begins. If they fail, the session is lost meanwhile, or the
 * attempt is aborted, the connection is closed.
 *
 * @param lost resolves with the error that ended the session
 */
export async function prepare<T>(
  nats: NatsConnection,
  attempt: ConnectContext,
  lost: Promise<unknown>,
  ask: () => Promise<T>,
): Promise<T> {
  const lose = lost.then((error) => Promise.reject(error as Error));
  const abort = () => void nats.close();
  attempt.signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([ask(), lose]);
  } catch (error) {
    await nats.close();
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    attempt.signal.removeEventListener('abort', abort);
    lose.catch(() => {});
  }
}

type Fields = Record<string, unknown>;

function checkLogin(value: NatsLogin): NatsLogin {
  const { user, pass = '', token, authenticator, ...others } = Object(value) as Fields;
  const isUser = typeof user === 'string' && typeof pass === 'string';
  const isLogin = isUser || typeof token === 'string' || typeof authenticator === 'function';
  // A password under a wrong name would not be sent.
  if (isLogin && Object.values(others).every((one) => one === undefined)) return value;
  throw new InvalidOptionError(
    'login',
    'an object with `user` and `pass`, `token` or `authenticator`',
    value,
    typeof value,
  );
}
