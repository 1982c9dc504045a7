import type { JetStreamOptions } from '@nats-io/jetstream';
import { InvalidOptionError } from 'schmoozer/compiled';
import {
  type MessageOptions,
  type RedeliveryOptions,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import {
  checkConnection,
  checkNumber,
  checkText,
  connectionDefaults,
  connectionNames,
  type ConnectionSettings,
  listOf,
  type NatsConnectionOptions,
} from '../connectionOptions.js';
import { checkJetstreamOptions } from './checkJetstreamOptions.js';
import type { JetStreamMessage } from './message.js';

/**
 * Where a new consumer begins: at the first message, the last, the next, the last of each subject, or a given position.
 */
export type DeliverFrom =
  | 'all'
  | 'last'
  | 'new'
  | 'last_per_subject'
  | { readonly startSequence: number }
  | { readonly startTime: Date };

/** Which consumer of which stream, and what to do with its messages. */
export interface NatsConsumerOptions
  extends
    NatsConnectionOptions,
    MessageOptions<JetStreamMessage>,
    RedeliveryOptions<JetStreamMessage> {
  /** The name of an existing stream. */
  readonly stream: string;
  /**
   * The name of a consumer that the server keeps: it is created, or changed to these options. Without it the consumer
   * is an ordered one for this process only: nothing is acknowledged, and each session continues where the previous one
   * stopped.
   */
  readonly durable?: string;
  /** True to use the consumer `durable` unchanged, without creating or changing it. Default: false. */
  readonly bind?: boolean;
  /** The subjects to receive; more than one needs server 2.10. Default: all of the stream. */
  readonly filterSubjects?: string | readonly string[];
  /** Where a new consumer begins. It cannot be changed for an existing durable consumer. Default: `all`. */
  readonly deliverPolicy?: DeliverFrom;
  /**
   * How long the server waits for an acknowledgement before it delivers a message again, in milliseconds. While a
   * handler works, the connector informs the server. So this is the time after which the messages of a dead process are
   * delivered again. Default: 30 000. Bounds: 100 to 2147483647.
   */
  readonly ackWaitMs?: number;
  /**
   * Maximum number of unacknowledged messages that the consumer delivers to all its clients together. Default: 1000.
   * Bounds: >= 1.
   */
  readonly maxAckPending?: number;
  /** The client's JetStream options, such as `{ domain }`; `timeout` limits each request. Default: none. */
  readonly jetstreamOptions?: JetStreamOptions;
}

type Optional = 'durable' | 'retryDelay' | 'isRetryable' | 'login' | 'tls';

/** The options with their defaults. */
export type ConsumerSettings = Omit<
  Required<Omit<NatsConsumerOptions, Optional>>,
  keyof ConnectionSettings
> &
  ConnectionSettings & {
    readonly durable?: string;
    readonly filterSubjects: readonly string[];
  };

const ownDefaults = {
  bind: false,
  filterSubjects: [] as readonly string[],
  deliverPolicy: 'all' as DeliverFrom,
  ackWaitMs: 30_000,
  maxAckPending: 1000,
  jetstreamOptions: {},
};

const policies: readonly unknown[] = ['all', 'last', 'new', 'last_per_subject'];

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveConsumer(options: NatsConsumerOptions): ConsumerSettings {
  const defaults = { ...connectionDefaults, ...ownDefaults };
  const names = [...connectionNames, 'stream', 'durable'] as const;
  const settings = checkConnection(resolveRedeliveryOptions(options, defaults, names));
  const { stream, durable, bind, filterSubjects, deliverPolicy, ackWaitMs, maxAckPending } =
    settings;
  checkText('stream', stream);
  if (durable !== undefined) checkText('durable', durable);
  if (typeof bind !== 'boolean') throw new InvalidOptionError('bind', 'true or false', bind);
  if (bind && durable === undefined) {
    throw new InvalidOptionError('durable', 'set, because `bind` needs it', undefined);
  }
  checkPolicy(deliverPolicy);
  checkNumber('ackWaitMs', ackWaitMs, 100, 2 ** 31 - 1);
  if (!(Number.isInteger(maxAckPending) && maxAckPending >= 1)) {
    throw new InvalidOptionError('maxAckPending', 'an integer >= 1', maxAckPending);
  }
  checkJetstreamOptions(settings.jetstreamOptions);
  if (bind) {
    const why = 'left out: with `bind` the consumer has its own';
    leftOut(options, ['filterSubjects', 'deliverPolicy', 'ackWaitMs', 'maxAckPending'], why);
  } else if (durable === undefined) {
    leftOut(options, ['ackWaitMs', 'maxAckPending'], 'left out without `durable`');
  }
  const filters = options.filterSubjects ?? [];
  const isNone = Array.isArray(filters) && filters.length === 0;
  return { ...settings, filterSubjects: isNone ? [] : listOf('filterSubjects', filterSubjects) };
}

function leftOut(
  options: NatsConsumerOptions,
  names: readonly (keyof NatsConsumerOptions)[],
  expected: string,
): void {
  for (const name of names) {
    if (options[name] === undefined) continue;
    throw new InvalidOptionError(name, expected, undefined, 'one');
  }
}

function checkPolicy(value: unknown): void {
  if (policies.includes(value)) return;
  const { startSequence, startTime } = Object(value) as Record<string, unknown>;
  const isSequence = Number.isInteger(startSequence) && (startSequence as number) >= 1;
  const isTime = startTime instanceof Date && !Number.isNaN(startTime.getTime());
  if (isSequence ? startTime === undefined : isTime && startSequence === undefined) return;
  throw new InvalidOptionError(
    'deliverPolicy',
    "'all', 'last', 'new', 'last_per_subject', `{ startSequence }` >= 1 or `{ startTime }`, a Date",
    value,
  );
}
