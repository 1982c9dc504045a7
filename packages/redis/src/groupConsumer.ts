import { Inbox, type MessageContext } from 'schmoozer/messages';
import type { RedisConnection } from './connection.js';
import { GroupCommands, type Pending } from './groupCommands.js';
import type { RedisStreamMessage } from './streamMessage.js';
import type { StreamSettings } from './streamOptions.js';

/** How long the server may hold back what is sent meanwhile, such as an acknowledgement. */
const SHORT_BLOCK_MS = 50;
/** How long an end waits for answers of the server. */
const GOODBYE_MS = 1000;
const MAX_COUNT = 1000;

interface Held {
  /** As the server counts them. */
  deliveries: number;
  /** Whether `onMessage` was called since the last of them. */
  isTried: boolean;
}

/**
 * The consumer of one session. It reads as many messages as `onMessage` can begin with: first those that it has not acknowledged
 * before, then those of consumers that are gone, then new ones. There is one connection, on which the server answers nothing else while
 * it waits for a new message: half a heartbeat at most, and 50 ms while there is something to acknowledge.
 */
export class GroupConsumer {
  readonly inbox: Inbox<RedisStreamMessage>;
  readonly #settings: StreamSettings;
  readonly #connection: RedisConnection;
  readonly #commands: GroupCommands;
  /** Messages that are this consumer's, by id. */
  readonly #held = new Map<string, Held>();
  /** Those that wait for `onMessage`, or are with it. */
  readonly #busy = new Set<string>();
  readonly #goodbyes = new Set<Promise<unknown>>();
  /** The last of the consumer's own pending messages that was seen; undefined when all were. */
  #ownAfter: string | undefined = '';
  #takeOverAt = 0;
  /** Whether there was no new message: only then the server is to wait, for an end does not wait for that. */
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

  /** Reads no more; waits a second at most until the server has what is given back. Handlers that still work keep their messages. */
  async stop(): Promise<void> {
    this.#end();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, GOODBYE_MS)));
    await Promise.race([this.#goodbye(), late]);
    clearTimeout(timer);
  }

  async #goodbye(): Promise<void> {
    // What still comes is given back.
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

  /** The inbox delivers again; the server counts it, before it may end the process. */
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

  /** What was tried stays pending with its count: this consumer's next session, or another consumer, has it again. */
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

  /** A command that fails ends the connection, and `closed` says by which error. */
  #settled<T>(command: Promise<T>): Promise<T | void> {
    return command.catch((error: unknown) => this.#connection.close(error));
  }
}
