/**
 * The parts that all connectors for messages share, for custom connectors: the inbox, its options, and the handling of
 * a message.
 *
 * @packageDocumentation
 */
export { isRetryableBy } from './connectors/isRetryableBy.js';
export { MessageBacklogError, PoisonMessageError } from './connectors/messages/errors.js';
export { Inbox, type InboxSettings, type Settlement } from './connectors/messages/inbox.js';
export {
  type MessageContext,
  type MessageOptions,
  type MessageSession,
  type MessageSettings,
  type RedeliveryOptions,
  type RedeliverySettings,
  resolveMessageOptions,
  resolveRedeliveryOptions,
} from './connectors/messages/options.js';
export { askPerAttempt, type PerAttempt } from './connectors/perAttempt.js';
