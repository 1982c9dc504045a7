export { closed } from './connectors/tcp/closed.js';
export { isRetryableTcpError } from './connectors/tcp/isRetryable.js';
export { lines } from './connectors/tcp/lines.js';
export type { PerAttempt, TcpConnectorOptions, TlsOptions } from './connectors/tcp/options.js';
export { tcpConnector } from './connectors/tcp/tcpConnector.js';
