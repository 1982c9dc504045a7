/**
 * WebSocket: `webSocketConnector` opens sessions with a bounded queue, heartbeats and verdicts by close code.
 *
 * @packageDocumentation
 */
export type { Clock } from './core/clock.js';
export type { PerAttempt } from './connectors/perAttempt.js';
export { SilenceError } from './connectors/silenceError.js';
export {
  HeartbeatTimeoutError,
  MessageOverflowError,
  MessageTooLongError,
  UpgradeRefusedError,
  WebSocketClosedError,
  type WebSocketErrorCode,
  WebSocketOpenError,
} from './connectors/websocket/errors.js';
export type { HeartbeatOptions } from './connectors/websocket/heartbeat.js';
export { isRetryableWebSocketError } from './connectors/websocket/isRetryable.js';
export type { WebSocketClose } from './connectors/websocket/close.js';
export type { WebSocketConnectorOptions } from './connectors/websocket/options.js';
export type { WebSocketSession } from './connectors/websocket/session.js';
export type {
  WebSocketBinary,
  WebSocketBinaryType,
  WebSocketClass,
  WebSocketData,
  WebSocketLike,
  WebSocketMessage,
} from './connectors/websocket/socketLike.js';
export { webSocketConnector } from './connectors/websocket/webSocketConnector.js';
