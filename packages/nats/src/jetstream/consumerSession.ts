import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Continue, RunContext } from 'schmoozer/compiled';
import { Inbox, type Settlement } from 'schmoozer/messages';
import { whenGone } from '../openConnection.js';
import type { ConsumerSettings } from './consumerOptions.js';
import { NatsConsumerError } from './errors.js';
import { type JetStreamMessage, messageOf } from './message.js';
import type { Position } from './position.js';
import { Pulls } from './pulls.js';

interface Parts {
  readonly nats: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly info: ConsumerInfo;
  readonly gap: boolean;
  /** Only for an ordered consumer. */
  readonly position?: Position;
}

const MS = 1e6; // in nanoseconds
/** Number of messages that an ordered consumer requests in advance: unhandled ones cost nothing. */
const AHEAD = 100;
/** How long an orderly end may take, in milliseconds. */
const GOODBYE_MS = 1000;

/** One connection with its consumer. */
export class ConsumerSession {
  /** Resolves with the error that ended the session from outside. */
  readonly ended: Promise<unknown>;
  readonly #settings: ConsumerSettings;
  readonly #parts: Parts;
  readonly #inbox: Inbox<JetStreamMessage>;
  readonly #pulls: Pulls;
  readonly #ackWaitMs: number;
  readonly #timeoutMs: number;
  /** The addresses of messages whose acknowledgement the server waits for. */
  readonly #held = new Set<string>();
  /** Pending answers to the server. */
  readonly #answers = new Set<Promise<unknown>>();
  #workingTimer: unknown;
  #deliveries = 0;

  constructor(settings: ConsumerSettings, parts: Parts) {
    this.#settings = settings;
    this.#parts = parts;
    const { nats, jsm, info, position } = parts;
    const { config } = info;
    const { apiPrefix = '$JS.API', timeout = 5000 } = jsm.getOptions();
    this.#timeoutMs = timeout;
    this.#ackWaitMs = Math.min(config.ack_wait ?? Infinity, ...(config.backoff ?? [])) / MS;
    const capacity = settings.maxInFlight + (position ? AHEAD : 0);
    let fail!: (error: unknown) => void;
    const failed = new Promise<unknown>((resolve) => (fail = resolve));
    this.#pulls = new Pulls({
      nats,
      inboxPrefix: settings.clientOptions.inboxPrefix,
      subject: `${apiPrefix}.CONSUMER.MSG.NEXT.${info.stream_name}.${info.name}`,
      room: () => capacity - this.#held.size,
      onMessage: (message) => this.#take(message),
      onEnd: fail,
      heartbeatMs: settings.heartbeatMs,
      maxBatch: config.max_batch || Infinity,
      maxExpiresMs: config.max_expires ? config.max_expires / MS : Infinity,
      clock: settings.clock,
    });
    this.ended = Promise.race([failed, whenGone(nats)]);
    void this.ended.then(() => this.#quieten());
    void this.#watchPermissions(fail);
    this.#inbox = new Inbox<JetStreamMessage>({
      ...settings,
      maxWaiting: Infinity,
      // A message that arrived before `onSession` has finished could not be handled, but would count as delivered.
      onSession: async (session) => {
        await settings.onSession(session);
        this.#pulls.start();
      },
    });
  }

  run(context: RunContext): Promise<Continue> {
    const { epoch } = context;
    const cancel = () => this.#within(this.#pulls.cancel());
    return this.#inbox.serve(context, { epoch, gap: this.#parts.gap }, cancel);
  }

  async close(): Promise<void> {
    const { nats, jsm, info, position } = this.#parts;
    this.#inbox.close();
    this.#quieten();
    if (!nats.isClosed()) {
      const { stream_name, name } = info;
      await this.#within(
        Promise.all([...this.#answers, position && jsm.consumers.delete(stream_name, name)]),
      );
    }
    await nats.close();
  }

  #take(raw: Msg): void {
    const { position } = this.#parts;
    try {
      const message = messageOf(raw);
      if (position) this.#takeOrdered(message, position);
      else this.#takeDurable(message, raw.reply as string);
    } catch (error) {
      this.#pulls.end(error);
    }
  }

  #takeDurable(message: JetStreamMessage, address: string): void {
    const { redeliveryDelayMs } = this.#settings;
    this.#held.add(address);
    this.#workingTimer ??= this.#work();
    const again = () => this.#settle(address, '-NAK');
    const settlement: Settlement = {
      done: () => this.#settle(address, '+ACK'),
      failed: () =>
        redeliveryDelayMs === 0
          ? again()
          : this.#settle(address, `-NAK {"delay":${Math.round(redeliveryDelayMs * MS)}}`),
      returned: again,
      deadLettered: (error) => this.#settle(address, this.#termination(error)),
    };
    this.#inbox.take(message, settlement, message.info.deliveryCount - 1);
  }

  #takeOrdered(message: JetStreamMessage, position: Position): void {
    const { deliverySequence, streamSequence } = message.info;
    this.#deliveries += 1;
    if (deliverySequence !== this.#deliveries) {
      const text = `message ${this.#deliveries} of the consumer was left out`;
      throw new NatsConsumerError('ERR_NATS_SEQUENCE', text);
    }
    if (!position.take(streamSequence)) return;
    const address = String(streamSequence);
    this.#held.add(address);
    const done = () => {
      position.done(streamSequence);
      this.#release(address);
    };
    this.#inbox.take(message, { done, deadLettered: done, returned: () => this.#release(address) });
  }

  /** Answers, and resolves when the server has confirmed the answer. */
  #settle(address: string, text: string): Promise<void> {
    const answer = this.#answer(address, text).finally(() => {
      this.#answers.delete(answer);
      this.#release(address);
    });
    this.#answers.add(answer);
    return answer;
  }

  async #answer(address: string, text: string): Promise<void> {
    try {
      await this.#parts.nats.request(address, text, { timeout: this.#timeoutMs });
    } catch (error) {
      const { cause } = Object(error) as { cause?: unknown };
      if ((Object(cause) as Error).name !== 'NoResponders') throw error;
      throw new NatsConsumerError(
        'ERR_NATS_CONSUMER_DELETED',
        'the consumer no longer exists',
        503,
      );
    }
  }

  #release(address: string): void {
    this.#held.delete(address);
    this.#pulls.more();
  }

  /**
   * Terminates the message. A server before 2.10.4 supports this only without a reason, and would otherwise deliver the
   * message again.
   */
  #termination(error: unknown): string {
    const [major = 0, minor = 0, patch = 0] = (this.#parts.nats.info?.version ?? '')
      .split('.')
      .map((part) => Number.parseInt(part, 10));
    const knowsReason = major > 2 || (major === 2 && (minor > 10 || (minor === 10 && patch >= 4)));
    return knowsReason ? `+TERM ${String(error).replaceAll(/\s+/g, ' ').slice(0, 200)}` : '+TERM';
  }

  /** Reports working handlers to the server, before it would deliver their messages again. */
  #work(): unknown {
    return this.#settings.clock.setTimeout(
      () => {
        this.#workingTimer = undefined;
        const { nats } = this.#parts;
        if (nats.isClosed() || this.#held.size === 0) return;
        for (const address of this.#held) nats.publish(address, '+WPI');
        this.#workingTimer = this.#work();
      },
      Math.min(this.#ackWaitMs / 3, 2 ** 31 - 1),
    );
  }

  /** The server reports a forbidden pull, or answer, only to the connection. */
  async #watchPermissions(fail: (error: unknown) => void): Promise<void> {
    for await (const status of this.#parts.nats.status()) {
      if (status.type === 'error' && status.error.name === 'PermissionViolationError') {
        fail(status.error);
      }
    }
  }

  #quieten(): void {
    this.#pulls.end();
    this.#settings.clock.clearTimeout(this.#workingTimer);
    this.#workingTimer = undefined;
  }

  /** Waits, with a deadline, for an answer that the server may never send; the result is ignored. */
  #within(promise: Promise<unknown>): Promise<unknown> {
    const { clock } = this.#settings;
    return new Promise((resolve) => {
      const timer = clock.setTimeout(() => resolve(undefined), GOODBYE_MS);
      const settled = () => {
        clock.clearTimeout(timer);
        resolve(undefined);
      };
      promise.then(settled, settled);
    });
  }
}
