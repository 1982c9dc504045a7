import { Inbox, type MessageContext } from 'schmoozer/messages';
import type { RedisConnection } from './connection.js';
import { GroupCommands, type Pending } from './groupCommands.js';
import type { RedisStreamMessage } from './streamMessage.js';
import type { StreamSettings } from './streamOptions.js';

/** How long the server may block other commands, such as an acknowledgement, in milliseconds. */
const SHORT_BLOCK_MS = 50;
/** How long the end of a session waits for answers of the server, in milliseconds. */
const GOODBYE_MS = 1000;
const MAX_COUNT = 1000;

interface Held {
  /** Number of deliveries, as counted by the server. */
  deliveries: number;
  /** True if `onMessage` was called since the last delivery. */
  isTried: boolean;
}

/**
 * The consumer of one session. It reads as many messages as `onMessage` can handle at once: first its own
 * unacknowledged messages, then those of consumers that no longer run, then new ones. The server answers no other
 * command on the connection while it waits for a new message: at most half a heartbeat, and 50 ms while there are
 * acknowledgements to send.
 */
export class GroupConsumer {
  readonly inbox: Inbox<RedisStreamMessage>;
  readonly #settings: StreamSettings;
  readonly #connection: RedisConnection;
  readonly #commands: GroupCommands;
  /** Messages that belong to this consumer, by id. */
  readonly #held = new Map<string, Held>();
  /** Messages that wait for `onMessage`, or are being handled. */
  readonly #busy = new Set<string>();
  readonly #goodbyes = new Set<Promise<unknown>>();
  /** The last of the consumer's own pending messages that was read; undefined when all were. */
  #ownAfter: string | undefined = '';
  #takeOverAt = 0;
  /**
   * True if there was no new message: only then the server may block, because the end of a session does not wait for
   * it.
   */
  #isDry = false;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #reading: Promise<void> = Promise.resolve();
  #blockMs = 0;
  #isOver = false;
  #wake = (): void => {};

  constructor(connection: RedisConnection, commands: GroupCommands, settings: StreamSettings) {
    this.#connection = connection;
    this.#commands = commands;
    this.#settings = settings;
    this.inbox = new Inbox<RedisStreamMessage>({
      ...settings,
      onMessage: (message, context) => this.#handle(message, context),
      onSession: async (session) => {
        await settings.onSession(session);
        this.#begin();
      },
    });
    void connection.ended.then(() => {
      clearInterval(this.#renewing);
      this.#end();
    });
  }

  /**
   * Stops reading; waits at most a second until the server has the returned messages. Running handlers keep their
   * messages.
   */
  async stop(): Promise<void> {
    this.#end();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, GOODBYE_MS)));
    await Promise.race([this.#goodbye(), late]);
    clearTimeout(timer);
  }

  async #goodbye(): Promise<void> {
    // Messages that still arrive are returned.
    if (this.#blockMs <= SHORT_BLOCK_MS) await this.#reading;
    await Promise.all(this.#goodbyes);
  }

  #begin(): void {
    if (this.#isOver) return;
    this.#renewing = setInterval(() => this.#renew(), this.#settings.minIdleMs / 3);
    this.#reading = this.#settled(this.#read());
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async #read(): Promise<void> {
    while (!this.#isOver) {
      const free = this.#free();
      if (free <= 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (this.#ownAfter !== undefined) await this.#readOwn(this.#ownAfter, free);
      else if (performance.now() >= this.#takeOverAt) await this.#takeOver(free);
      else await this.#readNew(free);
    }
  }

  #free(): number {
    const { maxInFlight, maxWaiting } = this.#settings;
    const slots = maxInFlight - this.#busy.size;
    return Math.min(slots, maxInFlight + maxWaiting - this.#held.size, MAX_COUNT);
  }

  async #readOwn(after: string, count: number): Promise<void> {
    const pending = await this.#commands.pending(after, count, 'own');
    this.#ownAfter = pending.at(-1)?.id;
    await this.#claim(pending, 0);
  }

  async #takeOver(count: number): Promise<void> {
    const { minIdleMs } = this.#settings;
    const pending = await this.#commands.pending('', count, 'idle');
    const claimed = await this.#claim(pending, minIdleMs);
    if (pending.length === count && claimed > 0) return;
    this.#takeOverAt = performance.now() + minIdleMs / 2;
  }

  async #claim(pending: readonly Pending[], minIdleMs: number): Promise<number> {
    const deliveries = new Map<string, number>();
    for (const one of pending) {
      if (!this.#held.has(one.id)) deliveries.set(one.id, one.deliveries + 1);
    }
    if (deliveries.size === 0) return 0;
    const messages = await this.#commands.claim([...deliveries.keys()], minIdleMs);
    for (const message of messages) this.#take(message, deliveries.get(message.id) as number);
    return messages.length;
  }

  async #readNew(count: number): Promise<void> {
    this.#blockMs = this.#isDry ? this.#waitMs() : 0;
    const messages = await this.#commands.read(count, this.#blockMs);
    this.#blockMs = 0;
    this.#isDry = messages.length === 0;
    for (const message of messages) this.#take(message, 1);
  }

  #waitMs(): number {
    const longestMs = this.#held.size > 0 ? SHORT_BLOCK_MS : this.#settings.heartbeatMs / 2;
    return Math.max(1, Math.min(longestMs, this.#takeOverAt - performance.now()));
  }

  #take(message: RedisStreamMessage, deliveries: number): void {
    const { id } = message;
    this.#held.set(id, { deliveries, isTried: false });
    this.#busy.add(id);
    const settlement = {
      done: () => this.#acknowledge(id),
      deadLettered: (error: unknown) => this.#putAside(message, error),
      returned: () => this.#giveBack(id),
    };
    this.inbox.take(message, settlement, deliveries - 1);
  }

  async #handle(message: RedisStreamMessage, context: MessageContext): Promise<unknown> {
    const { id } = message;
    const held = this.#held.get(id) as Held;
    this.#busy.add(id);
    try {
      if (context.redeliveries >= held.deliveries) await this.#countAgain(id, held);
      held.isTried = true;
      return await this.#settings.onMessage(message, context);
    } catch (error) {
      this.#busy.delete(id);
      this.#wake();
      throw error;
    }
  }

  /** The inbox delivers the message again; this is counted at the server before the handler may end the process. */
  async #countAgain(id: string, held: Held): Promise<void> {
    held.deliveries += 1;
    await this.#settled(this.#commands.count(id, held.deliveries));
  }

  #acknowledge(id: string): Promise<unknown> {
    const acknowledging = this.#settled(this.#commands.acknowledge(id));
    this.#release(id);
    return acknowledging;
  }

  #putAside(message: RedisStreamMessage, error: unknown): Promise<unknown> {
    const { deadLetterStream } = this.#settings;
    if (deadLetterStream === undefined) return this.#acknowledge(message.id);
    const adding = this.#commands.putAside(message, deadLetterStream, error);
    return this.#settled(adding.then(() => this.#acknowledge(message.id)));
  }

  /**
   * A message that was tried stays pending with its count: this consumer's next session, or another consumer, receives
   * it again.
   */
  #giveBack(id: string): void {
    const { isTried, deliveries } = this.#held.get(id) as Held;
    if (!isTried) {
      const goodbye = this.#commands
        .giveBack(id, deliveries - 1)
        .catch(() => {})
        .finally(() => this.#goodbyes.delete(goodbye));
      this.#goodbyes.add(goodbye);
    }
    this.#release(id);
  }

  #release(id: string): void {
    this.#held.delete(id);
    this.#busy.delete(id);
    this.#wake();
  }

  #renew(): void {
    if (this.#held.size === 0) return;
    void this.#settled(this.#commands.renew(new Set(this.#held.keys())));
  }

  /** A failed command ends the connection; `closed` reports its error. */
  #settled<T>(command: Promise<T>): Promise<T | void> {
    return command.catch((error: unknown) => this.#connection.close(error));
  }
}
