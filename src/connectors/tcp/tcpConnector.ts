import type { Socket } from 'node:net';
import type { Connector } from '../../core/connector.js';
import { closeSocket } from './closeSocket.js';
import { resolveEndpoint } from './endpoint.js';
import { isRetryableTcpError } from '../isRetryableTcpError.js';
import { openSocket } from './openSocket.js';
import { checkOptions, type TcpConnectorOptions } from './options.js';

const DEFAULT_CLOSE_TIMEOUT_MS = 1000;

/**
 * A connector for a TCP or TLS server: you write `run`, which gets a connected socket.
 *
 * An error before or between your listeners never ends the process; `lines` and `closed` still throw it.
 *
 * @throws InvalidOptionError when an option is missing or out of bounds
 */
export function tcpConnector<TOutput = void>(
  options: TcpConnectorOptions<TOutput>,
): Connector<Socket, TOutput> {
  checkOptions(options);
  const { noDelay = false, keepAlive = false, keepAliveDelayMs } = options;
  const { closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS, lookup, retryDelay } = options;
  const { run, isRetryable = isRetryableTcpError } = options;
  return {
    async connect(attempt) {
      const endpoint = await resolveEndpoint(options, attempt);
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
