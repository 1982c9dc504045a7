import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, Message, Options } from 'amqplib';
import type { AmqpPublisherConnection } from './amqpPublisher.js';
import { AmqpConnectionEndedError, AmqpNackError, AmqpReturnedError } from './errors.js';
import type { Link } from './openConnection.js';

/** A message that is not confirmed yet. */
interface Pending {
  readonly exchange: string;
  readonly routingKey: string;
  readonly messageId: string | undefined;
  /** Set if the broker returned the message, which it does before it confirms it. */
  returned?: AmqpReturnedError;
  readonly settle: (error?: unknown) => void;
}

/** A confirm channel whose `publish` settles with the broker's answer, or with the end of the connection. */
export class Publisher implements AmqpPublisherConnection {
  readonly ended: Promise<{ readonly error: unknown }>;
  readonly #link: Link<ConfirmChannel>;
  readonly #pending = new Set<Pending>();
  /** The error with which `publish` rejects after the end. */
  #over: { readonly error: unknown } | undefined;
  /** Called when a message is settled while the publisher is being closed. */
  #whenSettled = () => {};
  #isClosed = false;
  readonly #confirmMs: number;

  /** @param confirmMs how long `close` waits for the next confirm, in milliseconds */
  constructor(link: Link<ConfirmChannel>, confirmMs: number) {
    this.#link = link;
    this.#confirmMs = confirmMs;
    this.ended = link.ended;
    link.channel.on('return', (message: Message) => this.#returned(message));
    // When the channel is closed, the client also calls the callbacks of pending confirms, without an error, before it
    // emits the close.
    link.channel.prependListener('close', () => (this.#isClosed = true));
    void link.ended.then((end) => {
      this.#over ??= end;
      for (const one of this.#pending) one.settle(end.error);
    });
  }

  get unconfirmed(): number {
    return this.#pending.size;
  }

  get isBlocked(): boolean {
    return this.#link.isBlocked();
  }

  publish(
    exchange: string,
    routingKey: string,
    content: Uint8Array | string,
    options: Options.Publish = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#over) throw this.#over.error;
      const { mandatory = false, messageId = mandatory ? randomUUID() : undefined } = options;
      // For the client, `persistent` overrides `deliveryMode`.
      const { deliveryMode, persistent = deliveryMode === undefined ? true : undefined } = options;
      const sent = {
        ...options,
        ...(persistent !== undefined && { persistent }),
        ...(messageId !== undefined && { messageId }),
      };
      const one: Pending = {
        exchange,
        routingKey,
        messageId,
        settle: (error) => {
          if (!this.#pending.delete(one)) return;
          if (error === undefined) resolve();
          else reject(error);
          this.#whenSettled();
        },
      };
      const confirmed = (nack: unknown) => {
        if (this.#isClosed) return;
        const refused = nack ? new AmqpNackError(exchange, routingKey, { cause: nack }) : undefined;
        one.settle(refused ?? one.returned);
      };
      const bytes = typeof content === 'string' ? Buffer.from(content) : bufferOf(content);
      this.#link.channel.publish(exchange, routingKey, bytes, sent, confirmed);
      this.#pending.add(one);
    });
  }

  /** Accepts no more messages, waits for the confirms, and closes the connection in an orderly way. */
  async close(): Promise<void> {
    this.#over ??= { error: new AmqpConnectionEndedError('the AMQP publisher is being closed') };
    await this.#confirmed();
    await this.#link.close();
  }

  /**
   * Resolves when no message is pending, or when no confirm has arrived for some time: a broker that is blocked, or a
   * peer that does not read, may never confirm.
   */
  async #confirmed(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#confirmMs);
      this.#whenSettled = () => {
        timer.refresh();
        if (this.#pending.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#whenSettled = () => {};
  }

  /** Handles a returned message; messages are returned in the order in which they were sent. */
  #returned({ fields, properties }: Message): void {
    const { exchange, routingKey, replyCode, replyText } = fields as typeof fields & {
      readonly replyCode: number;
      readonly replyText: string;
    };
    for (const one of this.#pending) {
      const isIt =
        one.messageId === properties.messageId &&
        one.exchange === exchange &&
        one.routingKey === routingKey &&
        one.returned === undefined;
      if (!isIt) continue;
      one.returned = new AmqpReturnedError(replyCode, replyText, exchange, routingKey);
      return;
    }
  }
}

/** The same bytes, not a copy. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
