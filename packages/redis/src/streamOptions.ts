import {
  type MessageOptions,
  type MessageSettings,
  type RedeliveryOptions,
  type RedeliverySettings,
  resolveRedeliveryOptions,
} from 'schmoozer/messages';
import { InvalidOptionError } from 'schmoozer/compiled';
import {
  checkMs,
  checkText,
  connectionDefaults,
  connectionOptionNames,
  type ConnectionSettings,
  type RedisConnectionOptions,
  resolveConnection,
} from './connectionOptions.js';
import type { RedisStreamMessage } from './streamMessage.js';

/** Which consumer of which group of which stream, and what to do with its messages. */
export interface RedisStreamOptions
  extends
    RedisConnectionOptions,
    MessageOptions<RedisStreamMessage>,
    RedeliveryOptions<RedisStreamMessage> {
  /** The key of the stream, which is created if it does not exist. */
  readonly stream: string;
  /** The consumer group, which is created if it does not exist. */
  readonly group: string;
  /** This consumer's name: the same after a restart, and not used by another process at the same time. */
  readonly consumer: string;
  /** Where a newly created group begins: `$` after the last entry, `0` at the first, or after an id. Default: `$`. */
  readonly from?: string;
  /**
   * How long a message stays with its consumer before another consumer may take it over, in milliseconds. This
   * connector renews the time while `onMessage` works. Use the same value for all consumers of a group. Default:
   * 60 000. Bounds: 1000 to 2147483647.
   */
  readonly minIdleMs?: number;
  /** A stream to which messages that are put aside are added. Default: none. */
  readonly deadLetterStream?: string;
}

/** The checked options with their defaults. */
export interface StreamSettings
  extends
    ConnectionSettings,
    MessageSettings<RedisStreamMessage>,
    RedeliverySettings<RedisStreamMessage> {
  readonly stream: string;
  readonly group: string;
  readonly consumer: string;
  readonly from: string;
  readonly minIdleMs: number;
  readonly deadLetterStream?: string;
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
export function resolveStream(options: RedisStreamOptions): StreamSettings {
  const defaults = { ...connectionDefaults, from: '$', minIdleMs: 60_000 };
  const settings = resolveRedeliveryOptions(options, defaults, [
    ...connectionOptionNames,
    'stream',
    'group',
    'consumer',
    'deadLetterStream',
  ]);
  const { stream, group, consumer, from, minIdleMs, deadLetterStream } = settings;
  for (const [name, value] of Object.entries({ stream, group, consumer })) checkText(name, value);
  if (deadLetterStream !== undefined) checkText('deadLetterStream', deadLetterStream);
  if (!/^(\$|\d+(-\d+)?)$/.test(from)) {
    throw new InvalidOptionError('from', '`$`, or an id', from);
  }
  checkMs('minIdleMs', minIdleMs, 1000);
  return resolveConnection(settings);
}
