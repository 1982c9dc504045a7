/**
 * A drop-in class with the interface of the platform's `WebSocket`.
 *
 * @packageDocumentation
 */
export {
  ReconnectingWebSocket,
  ReconnectingWebSocket as default,
} from './compat/reconnectingWebSocket.js';
export type {
  SocketCloseEvent,
  SocketErrorEvent,
  SocketEventMap,
  SocketMessageEvent,
} from './compat/socketEvents.js';
export type { ReconnectingWebSocketOptions } from './compat/socketOptions.js';
