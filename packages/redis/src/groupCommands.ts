import type { RedisConnection } from './connection.js';
import { redisErrorCodeOf } from './isRetryableRedisError.js';
import { RedisStreamMessage } from './streamMessage.js';
import type { StreamSettings } from './streamOptions.js';

/** A message that a consumer has received but not acknowledged. */
export interface Pending {
  readonly id: string;
  /** Number of deliveries. */
  readonly deliveries: number;
}

type RawEntry = readonly [id: Buffer, fields: readonly Buffer[] | null] | null;

/** The commands of one consumer; each rejects with the server's error. */
export class GroupCommands {
  readonly #connection: RedisConnection;
  readonly #settings: StreamSettings;

  constructor(connection: RedisConnection, settings: StreamSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** Creates the group if it does not exist; resolves to whether it was created. */
  async create(): Promise<boolean> {
    const { stream, group, from } = this.#settings;
    try {
      // A consumer without permission to create groups may use this command.
      await this.#send('XPENDING', stream, group);
      return false;
    } catch (error) {
      if (redisErrorCodeOf(error) !== 'NOGROUP') throw error;
    }
    try {
      await this.#send('XGROUP', 'CREATE', stream, group, from, 'MKSTREAM');
      return true;
    } catch (error) {
      // Another consumer was faster.
      if (error instanceof Error && error.message.startsWith('BUSYGROUP')) return false;
      throw error;
    }
  }

  /** Reads messages that no consumer has received; the server waits for a message up to `blockMs`, or not at all. */
  async read(count: number, blockMs: number): Promise<RedisStreamMessage[]> {
    const { stream, group, consumer } = this.#settings;
    const reply = (await this.#send(
      ...(['XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(count)] as const),
      ...(blockMs > 0 ? ['BLOCK', String(Math.ceil(blockMs))] : []),
      ...(['STREAMS', stream, '>'] as const),
    )) as [[unknown, RawEntry[]]] | null;
    return reply === null ? [] : entriesOf(reply[0][1]);
  }

  /** Returns pending messages after an id: those of this consumer, or of all that are idle for `minIdleMs`. */
  async pending(after: string, count: number, of: 'own' | 'idle'): Promise<Pending[]> {
    const { stream, group, consumer, minIdleMs } = this.#settings;
    const idle = of === 'idle' ? ['IDLE', String(Math.ceil(minIdleMs))] : [];
    const who = of === 'own' ? [consumer] : [];
    const range = [after === '' ? '-' : `(${after}`, '+', String(count)];
    const reply = await this.#send('XPENDING', stream, group, ...idle, ...range, ...who);
    return (reply as [Buffer, Buffer, number, number][]).map(([id, , , deliveries]) => ({
      id: String(id),
      deliveries,
    }));
  }

  /** Takes over messages that are idle for at least this time, which increases their number of deliveries by one. */
  async claim(ids: readonly string[], minIdleMs: number): Promise<RedisStreamMessage[]> {
    return entriesOf((await this.#claim(minIdleMs, ids)) as RawEntry[]);
  }

  /** Restarts the idle time of messages that still belong to this consumer, without changing the deliveries. */
  async renew(ids: ReadonlySet<string>): Promise<void> {
    const { stream, group, consumer, minIdleMs } = this.#settings;
    // A message that another consumer has taken over meanwhile has been idle for less.
    const atLeast = Math.ceil(minIdleMs / 10);
    const range = ['-', '+', String(ids.size)];
    const reply = await this.#send(
      ...(['XPENDING', stream, group, 'IDLE', String(atLeast)] as const),
      ...range,
      consumer,
    );
    const own = (reply as [Buffer][]).map(([id]) => String(id)).filter((id) => ids.has(id));
    if (own.length > 0) await this.#claim(atLeast, own, 'JUSTID');
  }

  /** Sets a message's number of deliveries. */
  async count(id: string, deliveries: number): Promise<void> {
    await this.#claim(0, [id], 'RETRYCOUNT', String(deliveries), 'JUSTID');
  }

  /** Releases a message, which was not handled, to other consumers at once. */
  async giveBack(id: string, deliveries: number): Promise<void> {
    const idle = ['IDLE', String(Math.ceil(this.#settings.minIdleMs))];
    await this.#claim(0, [id], ...idle, 'RETRYCOUNT', String(deliveries), 'JUSTID');
  }

  async acknowledge(id: string): Promise<void> {
    const { stream, group } = this.#settings;
    await this.#send('XACK', stream, group, id);
  }

  /** Copies a message to the stream of messages that were put aside. */
  async putAside({ id, entries }: RedisStreamMessage, to: string, error: unknown): Promise<void> {
    const { stream } = this.#settings;
    const about = ['dead-letter-stream', stream, 'dead-letter-id', id];
    await this.#connection.send(
      ...(['XADD', to, '*'] as const),
      ...entries.flat(),
      ...about,
      'dead-letter-error',
      String(error),
    );
  }

  #claim(minIdleMs: number, ids: readonly string[], ...how: string[]): Promise<unknown> {
    const { stream, group, consumer } = this.#settings;
    const idle = String(Math.ceil(minIdleMs));
    return this.#send('XCLAIM', stream, group, consumer, idle, ...ids, ...how);
  }

  #send(...args: [string, ...string[]]): Promise<unknown> {
    return this.#connection.send(...args);
  }
}

/** Parses entries; those deleted from the stream meanwhile are omitted. */
function entriesOf(raw: readonly RawEntry[]): RedisStreamMessage[] {
  return raw.flatMap((entry) => {
    if (entry === null || entry[1] === null) return [];
    const [id, flat] = entry;
    const entries: [Buffer, Buffer][] = [];
    for (let at = 0; at < flat.length; at += 2) {
      entries.push([flat[at] as Buffer, flat[at + 1] as Buffer]);
    }
    return [new RedisStreamMessage(String(id), entries)];
  });
}
