import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { ConsumerSettings, DeliverFrom } from './consumerOptions.js';
import { NatsConsumerError } from './errors.js';
import type { Position } from './position.js';

const MS = 1e6; // in nanoseconds
const CONSUMER_NOT_FOUND = 10014;
/** The ordered consumer of a killed process is deleted after this time, in milliseconds. */
const INACTIVE_MS = 5 * 60_000;

/**
 * Returns the durable consumer: unchanged with `bind`, otherwise created or changed.
 *
 * @throws NatsConsumerError ERR_NATS_CONSUMER_MISMATCH, and the client's errors
 */
export async function durableConsumer(
  jsm: JetStreamManager,
  settings: ConsumerSettings,
): Promise<{ readonly info: ConsumerInfo; readonly isMade: boolean }> {
  const { stream, bind } = settings;
  const durable = settings.durable as string;
  const found = await jsm.consumers.info(stream, durable).catch((error: unknown) => {
    if (bind || (error as { code?: unknown }).code !== CONSUMER_NOT_FOUND) throw error;
    return undefined;
  });
  if (found === undefined) {
    const config = { durable_name: durable, ack_policy: 'explicit', ...configOf(settings) };
    return { info: await jsm.consumers.add(stream, config as ConsumerConfig), isMade: true };
  }
  checkKind(found.config);
  // The server reports -1 for none: with another one it would drop messages that are not put aside yet.
  const wanted = { ...configOf(settings), max_deliver: -1 };
  const changes = bind ? undefined : differences(found.config, wanted);
  if (changes === undefined) return { info: found, isMade: false };
  const info = await jsm.consumers.update(stream, durable, changes as ConsumerConfig);
  return { info, isMade: false };
}

/** Creates a consumer for this session, without acknowledgements, which continues at the position. */
export function orderedConsumer(
  jsm: JetStreamManager,
  settings: ConsumerSettings,
  { next }: Position,
): Promise<ConsumerInfo> {
  const { ack_wait: _wait, max_ack_pending: _pending, ...config } = configOf(settings);
  return jsm.consumers.add(settings.stream, {
    ...config,
    ...(next !== undefined && startOf({ startSequence: next })),
    ack_policy: 'none',
    inactive_threshold: INACTIVE_MS * MS,
    mem_storage: true,
    num_replicas: 1,
  } as ConsumerConfig);
}

type Config = Partial<Record<keyof ConsumerConfig, unknown>>;

function configOf(settings: ConsumerSettings): Config {
  const { filterSubjects, deliverPolicy, ackWaitMs, maxAckPending } = settings;
  const [first] = filterSubjects;
  return {
    ...startOf(deliverPolicy),
    ack_wait: ackWaitMs * MS,
    max_ack_pending: maxAckPending,
    // A server before 2.10 supports only one.
    ...(filterSubjects.length > 1
      ? { filter_subjects: filterSubjects }
      : first !== undefined && { filter_subject: first }),
  };
}

function startOf(from: DeliverFrom): Config {
  if (typeof from === 'string') return { deliver_policy: from };
  if ('startTime' in from && from.startTime !== undefined) {
    return { deliver_policy: 'by_start_time', opt_start_time: from.startTime.toISOString() };
  }
  const { startSequence } = from as Extract<DeliverFrom, { startSequence: number }>;
  return { deliver_policy: 'by_start_sequence', opt_start_seq: startSequence };
}

const compared = [
  'deliver_policy',
  'opt_start_seq',
  'opt_start_time',
  'ack_wait',
  'max_ack_pending',
  'max_deliver',
  'filter_subject',
  'filter_subjects',
] as const;

/** The fields to change; undefined for a field to remove. */
function differences(has: Config, wanted: Config): Config | undefined {
  const names = compared.filter((name) => !isSame(name, has[name], wanted[name]));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, wanted[name]]));
}

function isSame(name: string, one: unknown, other: unknown): boolean {
  if (name === 'opt_start_time' && typeof one === 'string' && typeof other === 'string') {
    // The server may format it differently.
    return Date.parse(one) === Date.parse(other);
  }
  return JSON.stringify(one) === JSON.stringify(other);
}

function checkKind({ deliver_subject, ack_policy }: ConsumerConfig): void {
  const what =
    deliver_subject !== undefined
      ? 'is a push consumer'
      : ack_policy !== AckPolicy.Explicit && `has the ack policy "${ack_policy}"`;
  if (!what) return;
  const message = `the consumer ${what}: it must be a pull consumer with "explicit"`;
  throw new NatsConsumerError('ERR_NATS_CONSUMER_MISMATCH', message);
}
