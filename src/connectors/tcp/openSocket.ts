import { connect as connectTcp, isIP, type LookupFunction, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ConnectContext } from '../../core/connector.js';
import { InvalidOptionError, kindOf } from '../../core/errors.js';
import { throwIfAborted, whenAborted } from '../../core/whenAborted.js';
import { showable } from '../showable.js';
import { withWords } from '../withWords.js';
import { untilAborted } from '../../core/untilAborted.js';
import { closeErrorOf } from './errors.js';
import type { TcpAddress, TcpSocketOptions, TcpTarget } from './target.js';

/** How to open a connection. */
export interface OpenOptions {
  readonly socketOptions: TcpSocketOptions | undefined;
  readonly lookup: LookupFunction;
  /** Creates the stream instead of Node. */
  readonly open: Open | undefined;
}

export type Open = (target: TcpAddress, attempt: ConnectContext) => Duplex | PromiseLike<Duplex>;

/**
 * Resolves to a connected socket, with TLS after the handshake. During the name lookup, the connect and the handshake,
 * an abort destroys the socket at once.
 *
 * @param prepare called with the connected socket before any of its data is read
 * @throws Node's own errors; the signal's reason once it is aborted
 */
export async function openSocket(
  target: TcpTarget,
  { socketOptions, lookup, open }: OpenOptions,
  attempt: ConnectContext,
  prepare: (socket: Duplex) => void,
): Promise<Duplex> {
  throwIfAborted(attempt);
  const options = open
    ? { socket: await openStream(open, target as TcpAddress, attempt) }
    : { ...socketOptions, lookup };
  return connected(start(target, options), target, attempt, prepare);
}

/** Opens a stream with the user's function; a stream that arrives after the abort is destroyed. */
async function openStream(
  open: Open,
  target: TcpAddress,
  attempt: ConnectContext,
): Promise<Duplex> {
  const opening = Promise.resolve(open(target, attempt)).then((stream) => {
    checkStream(stream);
    stream.on('error', ignore);
    // A stream that is not a socket, and TLS over it, stay half open by default.
    if (!(stream instanceof Socket)) stream.allowHalfOpen = false;
    return stream;
  });
  try {
    return await untilAborted(opening, attempt);
  } catch (error) {
    opening.then((stream) => stream.destroy(), ignore);
    throw error;
  }
}

/** Options of `net.connect` and `tls.connect`, besides the destination. */
interface StartOptions extends TcpSocketOptions {
  readonly lookup?: LookupFunction;
  /** An existing stream. */
  readonly socket?: Duplex;
}

function start({ tls = false, ...where }: TcpTarget, options: StartOptions): Duplex {
  if (tls === false) return options.socket ?? connectTcp({ ...options, ...where });
  // Node does not send a server name by itself; a server with several names would choose another certificate.
  const name = 'host' in where && isIP(where.host) === 0 ? { servername: where.host } : undefined;
  try {
    return connectTls({ ...name, ...(tls === true ? undefined : tls), ...options, ...where });
  } catch (error) {
    options.socket?.destroy();
    throw showable(error);
  }
}

function connected(
  socket: Duplex,
  target: TcpTarget,
  attempt: ConnectContext,
  prepare: (socket: Duplex) => void,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const { tls = false } = target;
    const isTls = tls !== false;
    const event = isTls ? 'secureConnect' : 'connect';
    let ignoreAbort = () => {};
    const forget = () => {
      ignoreAbort();
      socket.off(event, onConnected);
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const onConnected = () => {
      forget();
      // Not after the promise: over TLS, data that arrived with the handshake is read in the same tick.
      prepare(socket);
      resolve(socket);
    };
    const onError = (error: Error) => {
      forget();
      // Only a name can have several addresses.
      const { host, port } = target as Partial<TcpAddress>;
      reject(showable(withWords(error, `${host}:${port}`)));
    };
    const onClose = () => onError(closeErrorOf(socket));
    const onAbort = (reason: unknown) => {
      forget();
      socket.destroy();
      reject(reason);
    };
    // Stays for the socket's whole life, because an unhandled `error` event would end the process. The error is not
    // lost: `socket.errored` keeps it. After its handshake a TLS socket reports a damaged record without closing by
    // itself.
    socket.on('error', (error) => void socket.destroy(error));
    if (socket.destroyed) return onClose();
    if (!isTls && !(socket as Partial<Socket>).connecting) return onConnected();
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on(event, onConnected);
    ignoreAbort = whenAborted(attempt, onAbort);
  });
}

function checkStream(stream: unknown): asserts stream is Duplex {
  const { pipe, write, destroy } = (stream ?? {}) as Partial<Duplex>;
  if ([pipe, write, destroy].every((method) => typeof method === 'function')) return;
  throw new InvalidOptionError('open', 'a function that returns a Duplex', stream, kindOf(stream));
}

function ignore(): void {}
