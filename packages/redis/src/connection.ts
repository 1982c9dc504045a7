// Why: docs/decisions/0092-redis-by-two-clients.md
/** The three ways to subscribe. */
export type SubscriptionKind = 'channel' | 'pattern' | 'shardChannel';

/** A published message. */
export class RedisMessage {
  constructor(
    /** The kind of subscription that received it. */
    readonly kind: SubscriptionKind,
    /** The channel it was published to. */
    readonly channel: string,
    /** The payload, in bytes. */
    readonly data: Buffer,
    /** The pattern that the channel matched, with the kind `pattern`. */
    readonly pattern?: string,
  ) {}

  /** The payload as UTF-8. */
  get text(): string {
    return this.data.toString();
  }
}

/** The address of a server. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** A unix socket of this machine, instead of host and port. */
  readonly path: string | undefined;
  /** Options of `tls.connect`; undefined without TLS. */
  readonly tls: object | undefined;
}

/** One connection of a Redis client, which never reconnects, and returns bytes. */
export interface RedisConnection {
  /** Resolves when commands may be sent. */
  readonly ready: Promise<unknown>;
  /** Resolves to the error with which the connection ended; never rejects. */
  readonly ended: Promise<{ readonly error: unknown }>;
  /** Sends a command; rejects with the server's error, or when the connection has ended. */
  send(...args: [string, ...(string | Buffer)[]]): Promise<unknown>;
  /** Resolves when the server has confirmed the subscription. */
  subscribe(kind: SubscriptionKind, name: string): Promise<unknown>;
  /** Destroys the socket, in any state; `error` becomes the error of `ended`. */
  close(error?: unknown): Promise<void>;
}

/** Opens a connection. */
export type OpenClient = (
  target: Target,
  onMessage: (message: RedisMessage) => void,
) => RedisConnection;
