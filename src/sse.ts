/**
 * Server-sent events: `eventStream` reads them one at a time, and continues where it left off.
 *
 * @packageDocumentation
 */
export {
  EventStreamEndedError,
  type EventStreamErrorCode,
  EventStreamOpenError,
  EventStreamRefusedError,
  EventTooLongError,
} from './connectors/sse/errors.js';
export { eventStream } from './connectors/sse/eventStream.js';
export { isRetryableEventStreamError } from './connectors/sse/isRetryable.js';
export type {
  EventStreamMessage,
  EventStreamOptions,
  EventStreamSession,
} from './connectors/sse/options.js';
export { SilenceError } from './connectors/silenceError.js';
export type {
  MessageContext,
  MessageOptions,
  MessageSession,
} from './connectors/messages/options.js';
export type { Clock } from './core/clock.js';
export type { PerAttempt } from './connectors/perAttempt.js';
