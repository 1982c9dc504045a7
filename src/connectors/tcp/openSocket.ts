import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Abortable, throwIfAborted, whenAborted } from '../../core/whenAborted.js';
import { showable } from '../showable.js';
import type { Endpoint } from './endpoint.js';

/**
 * Resolves to a connected socket, for TLS after the handshake; while name, connection or handshake are
 * awaited an abort destroys the socket at once.
 *
 * @param prepare called with the connected socket before anything that it brings is read
 * @throws Node's own errors; the signal's reason once it is aborted
 */
export function openSocket(
  endpoint: Endpoint,
  lookup: LookupFunction | undefined,
  attempt: Abortable,
  prepare: (socket: Socket) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    throwIfAborted(attempt);
    const socket = start(endpoint, lookup);
    const connected = endpoint.tls === false ? 'connect' : 'secureConnect';
    let ignoreAbort = () => {};
    const forget = () => {
      ignoreAbort();
      socket.off(connected, onConnected);
      socket.off('error', onError);
    };
    const onConnected = () => {
      forget();
      // Not after the promise: over TLS, data that came with the handshake is read in this very tick.
      prepare(socket);
      resolve(socket);
    };
    const onError = (error: Error) => {
      forget();
      reject(showable(error));
    };
    const onAbort = (reason: unknown) => {
      forget();
      socket.destroy();
      reject(reason);
    };
    // Stays for the socket's life: an error that nobody listens for would end the process. It is not
    // lost, `socket.errored` keeps it.
    socket.on('error', ignore);
    socket.on('error', onError);
    socket.on(connected, onConnected);
    ignoreAbort = whenAborted(attempt, onAbort);
  });
}

function start({ host, port, tls }: Endpoint, lookup: LookupFunction | undefined): Socket {
  const where = { host, port, ...(lookup && { lookup }) };
  if (tls === false) return connectTcp(where);
  try {
    return connectTls({ ...(tls === true ? undefined : tls), ...where });
  } catch (error) {
    throw showable(error);
  }
}

function ignore(): void {}
