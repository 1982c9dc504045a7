import type { JetStreamOptions } from '@nats-io/jetstream';
import { InvalidOptionError } from 'schmoozer';
import {
  type MessageOptions,
  type RedeliveryOptions,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import {
  checkConnection,
  checkNumber,
  checkObject,
  checkText,
  connectionDefaults,
  connectionNames,
  type ConnectionSettings,
  listOf,
  type NatsConnectionOptions,
} from '../connectionOptions.js';
import type { JetStreamMessage } from './message.js';

/** Where a consumer begins when it is made: at the first message, the last, the next, the last of each subject, or there. */
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
  /** The stream; it must be there. */
  readonly stream: string;
  /**
   * The name of a consumer that the server keeps: it is made, or changed to these options. Without it the consumer is an ordered
   * one, which this process alone has: nothing is acknowledged, and each session continues where the one before has come to.
   */
  readonly durable?: string;
  /** Whether the consumer `durable` is used as it is, and neither made nor changed. Default false. */
  readonly bind?: boolean;
  /** The subjects that are wanted; more than one needs server 2.10. Default all of the stream. */
  readonly filterSubjects?: string | readonly string[];
  /** Where the consumer begins when it is made. A durable one cannot be changed to another. Default `all`. */
  readonly deliverPolicy?: DeliverFrom;
  /**
   * How long the server waits for an acknowledgement before it delivers a message again, in milliseconds. While a handler works
   * the server hears of it in time, so this is how long after the death of a process its messages come again. Default 30 000;
   * bounds 100 to 2147483647.
   */
  readonly ackWaitMs?: number;
  /** How many messages the consumer delivers, to all who pull from it, before one is acknowledged. Default 1000; bounds >= 1. */
  readonly maxAckPending?: number;
  /** What the client is told of JetStream, such as `{ domain }`; `timeout` bounds each request. Default none. */
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

/** @throws InvalidOptionError that names the option, what was expected and what came */
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
    throw new InvalidOptionError('durable', 'given, to `bind` to', undefined);
  }
  checkPolicy(deliverPolicy);
  checkNumber('ackWaitMs', ackWaitMs, 100, 2 ** 31 - 1);
  if (!(Number.isInteger(maxAckPending) && maxAckPending >= 1)) {
    throw new InvalidOptionError('maxAckPending', 'an integer >= 1', maxAckPending);
  }
  checkObject('jetstreamOptions', settings.jetstreamOptions);
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
  if (Number.isInteger(startSequence) && (startSequence as number) >= 1) return;
  if (startTime instanceof Date && !Number.isNaN(startTime.getTime())) return;
  throw new InvalidOptionError(
    'deliverPolicy',
    "'all', 'last', 'new', 'last_per_subject', `{ startSequence }` >= 1 or `{ startTime }`, a Date",
    value,
  );
}
