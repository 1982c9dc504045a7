/**
 * TCP, TLS, unix sockets and pipes: `tcpConnector()`; `lines` reads a socket line by line.
 *
 * @packageDocumentation
 */
export { closed } from './connectors/tcp/closed.js';
export type { TcpEnd } from './connectors/tcp/watchEnd.js';
export { isRetryableTcpError } from './connectors/isRetryableTcpError.js';
export { LineTooLongError, ReadOverflowError, SocketClosedError } from './connectors/tcp/errors.js';
export { lines, type LinesOptions } from './connectors/tcp/lines.js';
export type { TcpConnectorOptions } from './connectors/tcp/options.js';
export type {
  TcpAddress,
  TcpPath,
  TcpSocketOptions,
  TcpTarget,
  TlsOptions,
} from './connectors/tcp/target.js';
export { SilenceError } from './connectors/silenceError.js';
export type { Clock } from './core/clock.js';
export { tcpConnector } from './connectors/tcp/tcpConnector.js';
export { write } from './connectors/tcp/write.js';
export type { PerAttempt } from './connectors/perAttempt.js';
