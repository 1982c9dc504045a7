export { isRetryableBy } from './connectors/isRetryableBy.js';
export { MessageBacklogError } from './connectors/messages/errors.js';
export { Inbox, type Settlement } from './connectors/messages/inbox.js';
export {
  type MessageContext,
  type MessageOptions,
  type MessageSession,
  type MessageSettings,
  resolveMessageOptions,
} from './connectors/messages/options.js';
export { askPerAttempt, type PerAttempt } from './connectors/perAttempt.js';
