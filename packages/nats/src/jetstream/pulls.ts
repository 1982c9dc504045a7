// Why: docs/decisions/0097-consumers-of-jetstream.md
import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { RedeliverySettings } from 'schmoozer/messages';
import { NatsConsumerError } from './errors.js';

export interface PullSettings {
  readonly nats: NatsConnection;
  /** The client's option: a user may only be permitted to subscribe to subjects with this prefix. */
  readonly inboxPrefix?: string | undefined;
  /** The subject of a pull. */
  readonly subject: string;
  /** Returns how many messages may be requested now. */
  readonly room: () => number;
  readonly onMessage: (message: Msg) => void;
  /** Called at most once. */
  readonly onEnd: (error: unknown) => void;
  /** How often the consumer sends a heartbeat while a pull waits, in milliseconds; two missed ones end the session. */
  readonly heartbeatMs: number;
  /** Maximum number of messages that the consumer allows for a pull. */
  readonly maxBatch: number;
  readonly maxExpiresMs: number;
  readonly clock: RedeliverySettings<unknown>['clock'];
}

const EXPIRES_MS = 30_000;
const SHORTEST_HEARTBEAT_MS = 500;
const MS = 1e6; // in nanoseconds

/**
 * Requests messages from a consumer, with one pull at a time, for as many as there is room for. The next pull follows
 * when this one is fulfilled, or has expired.
 */
export class Pulls {
  readonly #settings: PullSettings;
  readonly #address: string;
  readonly #expiresMs: number;
  readonly #heartbeatMs: number;
  readonly #subscription;
  #state: 'held' | 'pulling' | 'ended' = 'held';
  /** The number of the latest pull, and how many messages it will still bring. */
  #pull = 0;
  #left = 0;
  #missed = 0;
  #timer: unknown;

  constructor(settings: PullSettings) {
    this.#settings = settings;
    this.#address = createInbox(settings.inboxPrefix);
    const heartbeatMs = Math.max(settings.heartbeatMs, SHORTEST_HEARTBEAT_MS);
    this.#expiresMs = Math.min(Math.max(EXPIRES_MS, 2 * heartbeatMs), settings.maxExpiresMs);
    this.#heartbeatMs = Math.min(heartbeatMs, this.#expiresMs / 2);
    // Answers to a pull contain its number; messages keep the subject of the stream.
    this.#subscription = settings.nats.subscribe(`${this.#address}.*`, {
      callback: (error, message) => (error ? this.end(error) : this.#hear(message)),
    });
  }

  /** Sends the first pull. */
  start(): void {
    if (this.#state !== 'held') return;
    this.#state = 'pulling';
    this.more();
  }

  /** There is room for more messages: requests them, unless a pull will still bring some. */
  more(): void {
    const { nats, room, subject, maxBatch } = this.#settings;
    const batch = Math.min(room(), maxBatch);
    if (this.#state !== 'pulling' || this.#left > 0 || batch < 1 || nats.isClosed()) return;
    this.#left = batch;
    this.#pull += 1;
    const pull = {
      batch,
      expires: Math.round(this.#expiresMs * MS),
      idle_heartbeat: Math.round(this.#heartbeatMs * MS),
    };
    nats.publish(subject, JSON.stringify(pull), { reply: `${this.#address}.${this.#pull}` });
    this.#missed = 0;
    this.#timer ??= this.#watch();
  }

  /** Stops pulling. */
  end(error?: unknown): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#settings.clock.clearTimeout(this.#timer);
    if (error !== undefined) this.#settings.onEnd(error);
  }

  /** Stops pulling, and resolves when the server will send nothing more: everything it has sent has arrived. */
  async cancel(): Promise<void> {
    this.end();
    await this.#subscription.drain();
  }

  #hear(message: Msg): void {
    this.#missed = 0;
    if (!message.subject.startsWith(`${this.#address}.`)) {
      this.#left -= 1;
      this.#settings.onMessage(message);
      this.more();
      return;
    }
    const isLatest = message.subject === `${this.#address}.${this.#pull}`;
    const { code = 0, description = '' } = message.headers ?? {};
    if (code === 100 || !isLatest) return;
    if (!isOver(code, description)) return this.end(refusal(code, description));
    this.#left = 0;
    this.more();
  }

  /**
   * Three timers in a row without a sign of life mean that two heartbeats are missing. A timer that fires late, because
   * the process was blocked, counts once: arrived data is handled before the next.
   */
  #watch(): unknown {
    return this.#settings.clock.setTimeout(() => {
      this.#timer = undefined;
      if (this.#left === 0) return;
      this.#missed += 1;
      if (this.#missed > 2) {
        const message = `the consumer gave no sign of life for ${2 * this.#heartbeatMs} ms`;
        this.end(new NatsConsumerError('ERR_NATS_HEARTBEAT_MISSED', message));
      } else {
        this.#timer = this.#watch();
      }
    }, this.#heartbeatMs);
  }
}

/** True if a pull has ended in an orderly way, so that the next may be sent. */
function isOver(code: number, description: string): boolean {
  return code === 404 || code === 408 || /^(batch completed|leadership change)/i.test(description);
}

function refusal(status: number, description: string): NatsConsumerError {
  if (/^(consumer|stream) deleted/i.test(description)) {
    return new NatsConsumerError('ERR_NATS_CONSUMER_DELETED', 'the consumer was deleted', status);
  }
  if (/^exceeded maxwaiting/i.test(description)) {
    const message = 'too many pulls wait at the consumer';
    return new NatsConsumerError('ERR_NATS_MAX_WAITING', message, status);
  }
  const message = `the server refused a pull: ${status} ${description}`;
  return new NatsConsumerError('ERR_NATS_PULL_REFUSED', message, status);
}
