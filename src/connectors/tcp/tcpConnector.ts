import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connector } from '../../core/connector.js';
import { isAborted } from '../../core/whenAborted.js';
import { markIfDamage } from '../damage.js';
import { closeSocket } from './closeSocket.js';
import { failureOf } from './errors.js';
import { openSocket } from './openSocket.js';
import { resolveSettings, type TcpConnectorOptions } from './options.js';
import { shakeHands } from './shakeHands.js';
import { sharedLookup } from './sharedLookup.js';
import { keyOf, peerOf, resolveTarget, type Where } from './target.js';
import { type EndWatch, watchEnd } from './watchEnd.js';

/**
 * A connector for a TCP or TLS server: you write `run`, which receives a connected socket.
 *
 * A socket error never ends the process, even while none of your listeners is attached; `lines` and `closed` still
 * throw it.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function tcpConnector<TOutput = void, TSocket extends Duplex = Socket>(
  options: TcpConnectorOptions<TOutput, TSocket>,
): Connector<TSocket, TOutput> {
  const settings = resolveSettings(options);
  const { noDelay, keepAlive, keepAliveDelayMs, closeTimeoutMs, open, handshake } = settings;
  const { run, probe, retryDelay, isRetryable, clock } = settings;
  const limiterKey = keyOf(settings);
  let peer = peerOf((settings.target ?? settings) as Where);
  const lookup = sharedLookup(settings.lookup);
  const watches = new WeakMap<Duplex, EndWatch>();
  const watch = (socket: Duplex): EndWatch => {
    const made = watches.get(socket) ?? watchEnd(socket, settings);
    watches.set(socket, made);
    return made;
  };
  const prepare = (socket: Duplex) => {
    if (socket instanceof Socket) {
      // Set after the connect: a TLS socket ignores both as options.
      if (noDelay) socket.setNoDelay(true);
      if (keepAlive) socket.setKeepAlive(true, keepAliveDelayMs);
    }
    watch(socket);
  };
  const disconnect = (socket: Duplex) => {
    watches.get(socket)?.stop();
    return closeSocket(socket, closeTimeoutMs, clock);
  };
  return {
    async connect(attempt) {
      const [target, socketOptions] = await resolveTarget(settings, attempt);
      if (limiterKey === undefined) peer = peerOf(target);
      const how = { socketOptions, lookup, open };
      // The stream that `open` creates, or Node's Socket, as the type says.
      const socket = (await openSocket(target, how, attempt, prepare)) as TSocket;
      if (handshake === undefined) return socket;
      try {
        await shakeHands(handshake, socket, attempt);
        return socket;
      } catch (error) {
        if (isAborted(attempt)) socket.destroy();
        // The socket's own error; with TLS, the handshake came before.
        else if (error === failureOf(socket)) markIfDamage(error as Error);
        // The error of the handshake says more than the data that could not be sent.
        await disconnect(socket)?.catch(() => {});
        throw error;
      }
    },
    run,
    // A socket that a wrapper's `connect` created is watched from here on.
    closed: (socket) => watch(socket).ended(),
    isRetryable,
    disconnect,
    peer: () => peer,
    ...(probe && { probe }),
    ...(retryDelay && { retryDelay }),
    ...(limiterKey !== undefined && { limiterKey }),
  };
}
