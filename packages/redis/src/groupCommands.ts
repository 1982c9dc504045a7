import type { RedisConnection } from './connection.js';
import { redisErrorCodeOf } from './isRetryableRedisError.js';
import { RedisStreamMessage } from './streamMessage.js';
import type { StreamSettings } from './streamOptions.js';

/** A message that a consumer has, and has not acknowledged. */
export interface Pending {
  readonly id: string;
  /** How often it was delivered. */
  readonly deliveries: number;
}

type RawEntry = readonly [id: Buffer, fields: readonly Buffer[] | null] | null;

/** The commands of one consumer; each rejects with what the server says. */
export class GroupCommands {
  readonly #connection: RedisConnection;
  readonly #settings: StreamSettings;

  constructor(connection: RedisConnection, settings: StreamSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** Makes the group if there is none; resolves to whether it has. */
  async create(): Promise<boolean> {
    const { stream, group, from } = this.#settings;
    try {
      // A consumer without the right to make groups can do this.
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

  /** Messages that no consumer has had; the server waits for one for so long, or not at all. */
  async read(count: number, blockMs: number): Promise<RedisStreamMessage[]> {
    const { stream, group, consumer } = this.#settings;
    const reply = (await this.#send(
      ...(['XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(count)] as const),
      ...(blockMs > 0 ? ['BLOCK', String(Math.ceil(blockMs))] : []),
      ...(['STREAMS', stream, '>'] as const),
    )) as [[unknown, RawEntry[]]] | null;
    return reply === null ? [] : entriesOf(reply[0][1]);
  }

  /** Pending messages after an id: of this consumer, or of all that are idle for `minIdleMs`. */
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

  /** Takes messages that are idle for at least so long; their deliveries are one more. */
  async claim(ids: readonly string[], minIdleMs: number): Promise<RedisStreamMessage[]> {
    return entriesOf((await this.#claim(minIdleMs, ids)) as RawEntry[]);
  }

  /** Begins the idle time again of messages that are still this consumer's; the deliveries stay. */
  async renew(ids: ReadonlySet<string>): Promise<void> {
    const { stream, group, consumer, minIdleMs } = this.#settings;
    // What another has taken over meanwhile has been idle for less.
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

  /** Sets how often a message was delivered. */
  async count(id: string, deliveries: number): Promise<void> {
    await this.#claim(0, [id], 'RETRYCOUNT', String(deliveries), 'JUSTID');
  }

  /** Lets another consumer take a message at once; it was not worked on. */
  async giveBack(id: string, deliveries: number): Promise<void> {
    const idle = ['IDLE', String(Math.ceil(this.#settings.minIdleMs))];
    await this.#claim(0, [id], ...idle, 'RETRYCOUNT', String(deliveries), 'JUSTID');
  }

  async acknowledge(id: string): Promise<void> {
    const { stream, group } = this.#settings;
    await this.#send('XACK', stream, group, id);
  }

  /** Adds a copy of a message to the stream of those that were put aside. */
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

/** What was deleted from the stream meanwhile is left out. */
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
