import type {
  BudgetDegradedMessage,
  BudgetRestoredMessage,
  BudgetWaitedMessage,
  ConnectTraceMessage,
  ConnectionClosedMessage,
  ConnectionClosingMessage,
  ConnectionOpenedMessage,
  ConnectionQueuedMessage,
  ConnectionStableMessage,
  EndpointEjectedMessage,
  LimiterPaceMessage,
  LimiterQueueMessage,
  LinkEndedMessage,
  LinkGivenUpMessage,
  LinkStateMessage,
  RestartScheduledMessage,
  RetryScheduledMessage,
  SessionTraceMessage,
} from './messages.js';

/** The message of each channel; the five channels of a trace have the same object. */
export interface DiagnosticsMessages {
  /** An attempt: from the call of `connect` until it has opened a connection, has failed, or was aborted. */
  readonly 'schmoozer:connect': ConnectTraceMessage;
  /** A session: from its opening until its connection is released. */
  readonly 'schmoozer:session': SessionTraceMessage;
  /** A link has changed its state. */
  readonly 'schmoozer:link:state': LinkStateMessage;
  /** A link has ended: the last message about it, unless its actor is started again. */
  readonly 'schmoozer:link:ended': LinkEndedMessage;
  /** An attempt has to wait for a permit of the limiter. */
  readonly 'schmoozer:connection:queued': ConnectionQueuedMessage;
  /** A session begins. */
  readonly 'schmoozer:connection:opened': ConnectionOpenedMessage;
  /** A session has lasted `stableAfterMs`. */
  readonly 'schmoozer:connection:stable': ConnectionStableMessage;
  /** A session is no longer online; its connection is not released yet. */
  readonly 'schmoozer:connection:closing': ConnectionClosingMessage;
  /** A session has ended, and its connection is released. */
  readonly 'schmoozer:connection:closed': ConnectionClosedMessage;
  /** A link waits for its next attempt. */
  readonly 'schmoozer:retry:scheduled': RetryScheduledMessage;
  /** An attempt joins or leaves the queue of a limiter, or an admitted attempt has ended. */
  readonly 'schmoozer:limiter:queue': LimiterQueueMessage;
  /** The pace of a key has changed. */
  readonly 'schmoozer:limiter:pace': LimiterPaceMessage;
  /** A wait for permits of a budget has ended. */
  readonly 'schmoozer:budget:waited': BudgetWaitedMessage;
  /** The store of a budget is unavailable: each process keeps its own pace. */
  readonly 'schmoozer:budget:degraded': BudgetDegradedMessage;
  /** The store of a budget answers again. */
  readonly 'schmoozer:budget:restored': BudgetRestoredMessage;
  /** An endpoint has failed too often: for a while it is used after all others. */
  readonly 'schmoozer:endpoint:ejected': EndpointEjectedMessage;
  /** A link of a group has ended in failure, and rests before its restart. */
  readonly 'schmoozer:restart:scheduled': RestartScheduledMessage;
  /** A link of a group has failed too often: it is not restarted again. */
  readonly 'schmoozer:link:givenUp': LinkGivenUpMessage;
}

/** The name of a channel for `diagnostics_channel.subscribe`, or, if its `kind` is `trace`, for `tracingChannel`. */
export type DiagnosticsChannelName = keyof DiagnosticsMessages;

/** A channel, described for programs. */
export interface DiagnosticsChannel<TMessage = object> {
  /**
   * `plain`: subscribe to the name itself. `trace`: pass the name to `tracingChannel`, or subscribe to its five
   * channels, `tracing:NAME:start`, `tracing:NAME:end` and so on with `asyncStart`, `asyncEnd` and `error`.
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
    when: 'An attempt: from the call of `connect` until it has opened a connection, has failed, or was aborted by a command or by the halt of its actor.',
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
