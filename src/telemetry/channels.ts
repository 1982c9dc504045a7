import type * as messages from './messages.js';

/** The message of each channel; the five channels of a trace have the same object. */
export interface DiagnosticsMessages {
  readonly 'schmoozer:connect': messages.ConnectTraceMessage;
  readonly 'schmoozer:session': messages.SessionTraceMessage;
  readonly 'schmoozer:link:state': messages.LinkStateMessage;
  readonly 'schmoozer:link:ended': messages.LinkEndedMessage;
  readonly 'schmoozer:connection:queued': messages.ConnectionQueuedMessage;
  readonly 'schmoozer:connection:opened': messages.ConnectionOpenedMessage;
  readonly 'schmoozer:connection:stable': messages.ConnectionStableMessage;
  readonly 'schmoozer:connection:closing': messages.ConnectionClosingMessage;
  readonly 'schmoozer:connection:closed': messages.ConnectionClosedMessage;
  readonly 'schmoozer:retry:scheduled': messages.RetryScheduledMessage;
  readonly 'schmoozer:limiter:queue': messages.LimiterQueueMessage;
  readonly 'schmoozer:limiter:pace': messages.LimiterPaceMessage;
  readonly 'schmoozer:budget:waited': messages.BudgetWaitedMessage;
  readonly 'schmoozer:budget:degraded': messages.BudgetDegradedMessage;
  readonly 'schmoozer:budget:restored': messages.BudgetRestoredMessage;
  readonly 'schmoozer:endpoint:ejected': messages.EndpointEjectedMessage;
  readonly 'schmoozer:restart:scheduled': messages.RestartScheduledMessage;
  readonly 'schmoozer:link:givenUp': messages.LinkGivenUpMessage;
}

/** The name of a channel, as `diagnostics_channel.subscribe` takes it. */
export type DiagnosticsChannelName = keyof DiagnosticsMessages;

/** A channel, described for programs. */
export interface DiagnosticsChannel<TMessage = object> {
  /**
   * `trace`: the name for `tracingChannel`; its channels are `tracing:NAME:start`, `end`, `asyncStart`, `asyncEnd`,
   * `error`.
   */
  readonly kind: 'plain' | 'trace';
  /** When something is published. */
  readonly when: string;
  /** The fields of its message, including optional ones. */
  readonly fields: readonly (keyof TMessage & string)[];
}

const link = ['linkId', 'name', 'server', 'network'] as const;

/** All channels: what is published, when, and with which fields. */
export const channels: {
  readonly [Name in DiagnosticsChannelName]: DiagnosticsChannel<DiagnosticsMessages[Name]>;
} = {
  'schmoozer:connect': {
    kind: 'trace',
    when: 'An attempt: from the call of `connect` until it has opened a connection, has failed, or was aborted by a command.',
    fields: [
      ...link,
      'attempt',
      'epoch',
      'queuedMs',
      'outcome',
      'connectMs',
      'error',
      'verdict',
      'cause',
    ],
  },
  'schmoozer:session': {
    kind: 'trace',
    when: 'A session: from its opening until its connection is released.',
    fields: [...link, 'attempt', 'epoch', 'cause', 'upMs', 'isStable', 'error', 'releaseError'],
  },
  'schmoozer:link:state': {
    kind: 'plain',
    when: 'A link has changed its state.',
    fields: [...link, 'from', 'to', 'ms'],
  },
  'schmoozer:link:ended': {
    kind: 'plain',
    when: 'A link has ended: the last message about it, unless its actor is started again.',
    fields: [...link, 'status', 'error'],
  },
  'schmoozer:connection:queued': {
    kind: 'plain',
    when: 'An attempt has to wait for a permit of the limiter.',
    fields: [...link, 'key'],
  },
  'schmoozer:connection:opened': {
    kind: 'plain',
    when: 'A session begins.',
    fields: [...link, 'attempt', 'epoch', 'connectMs', 'queuedMs', 'downMs'],
  },
  'schmoozer:connection:stable': {
    kind: 'plain',
    when: 'A session has lasted `stableAfterMs`.',
    fields: [...link, 'epoch'],
  },
  'schmoozer:connection:closing': {
    kind: 'plain',
    when: 'A session is no longer online; its connection is not released yet.',
    fields: [...link, 'epoch', 'cause', 'upMs', 'error'],
  },
  'schmoozer:connection:closed': {
    kind: 'plain',
    when: 'A session has ended, and its connection is released.',
    fields: [...link, 'epoch', 'cause', 'upMs', 'isStable', 'error', 'releaseError'],
  },
  'schmoozer:retry:scheduled': {
    kind: 'plain',
    when: 'A link waits for its next attempt.',
    fields: [...link, 'attempt', 'delayMs', 'error', 'verdict'],
  },
  'schmoozer:limiter:queue': {
    kind: 'plain',
    when: 'An attempt joins or leaves the queue of a limiter, or an admitted attempt has ended.',
    fields: ['limiterId', 'key', 'change', 'outcome', 'queued', 'inFlight'],
  },
  'schmoozer:limiter:pace': {
    kind: 'plain',
    when: 'The pace of a key has changed.',
    fields: ['limiterId', 'key', 'perSecond', 'previousPerSecond', 'threshold', 'cause'],
  },
  'schmoozer:budget:waited': {
    kind: 'plain',
    when: 'A wait for permits of a budget has ended.',
    fields: ['key', 'permits', 'outcome', 'delayMs', 'waitMs'],
  },
  'schmoozer:budget:degraded': {
    kind: 'plain',
    when: 'The store of a budget is unavailable: each process keeps its own pace.',
    fields: ['key', 'error'],
  },
  'schmoozer:budget:restored': {
    kind: 'plain',
    when: 'The store of a budget answers again.',
    fields: ['downMs'],
  },
  'schmoozer:endpoint:ejected': {
    kind: 'plain',
    when: 'An endpoint has failed too often: for a while it is used after all others.',
    fields: [...link, 'endpoint', 'forMs'],
  },
  'schmoozer:restart:scheduled': {
    kind: 'plain',
    when: 'A link of a group has ended in failure, and rests before its restart.',
    fields: ['name', 'restarts', 'delayMs', 'error'],
  },
  'schmoozer:link:givenUp': {
    kind: 'plain',
    when: 'A link of a group has failed too often: it is not restarted again.',
    fields: ['name', 'error'],
  },
};
