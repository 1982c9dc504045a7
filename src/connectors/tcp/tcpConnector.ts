import type { Socket } from 'node:net';
import type { Connector } from '../../core/connector.js';
import { closeSocket } from './closeSocket.js';
import { resolveEndpoint } from './endpoint.js';
import { openSocket } from './openSocket.js';
import { resolveSettings, type TcpConnectorOptions } from './options.js';

/**
 * A connector for a TCP or TLS server: you write `run`, which gets a connected socket.
 *
 * An error before or between your listeners never ends the process; `lines` and `closed` still throw it.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function tcpConnector<TOutput = void>(
  options: TcpConnectorOptions<TOutput>,
): Connector<Socket, TOutput> {
  const settings = resolveSettings(options);
  const { noDelay, keepAlive, keepAliveDelayMs, closeTimeoutMs, lookup } = settings;
  const { run, retryDelay, isRetryable } = settings;
  return {
    async connect(attempt) {
      const endpoint = await resolveEndpoint(settings, attempt);
      const socket = await openSocket(endpoint, lookup, attempt);
      // After the connect: a TLS socket drops both when it gets them as options.
      if (noDelay) socket.setNoDelay(true);
      if (keepAlive) socket.setKeepAlive(true, keepAliveDelayMs);
      return socket;
    },
    run,
    isRetryable,
    disconnect: (socket) => closeSocket(socket, closeTimeoutMs),
    ...(retryDelay && { retryDelay }),
  };
}
