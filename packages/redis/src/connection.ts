// Why: docs/decisions/0092-redis-by-two-clients.md
/** The three ways to subscribe. */
export type SubscriptionKind = 'channel' | 'pattern' | 'shardChannel';

/** A published message. */
export class RedisMessage {
  constructor(
    /** What it came by. */
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

/** Where a server is. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** A socket of this machine, in place of host and port. */
  readonly path: string | undefined;
  /** Options of `tls.connect`; undefined without TLS. */
  readonly tls: object | undefined;
}

/** One connection by a client of Redis. The client reconnects never, and answers in bytes. */
export interface RedisConnection {
  /** Resolves when commands may be sent. */
  readonly ready: Promise<unknown>;
  /** Why the connection is gone; never rejects. */
  readonly ended: Promise<{ readonly error: unknown }>;
  /** Sends a command; rejects with what the server says, or when the connection is gone. */
  send(...args: [string, ...(string | Buffer)[]]): Promise<unknown>;
  /** Resolves when the server has confirmed it. */
  subscribe(kind: SubscriptionKind, name: string): Promise<unknown>;
  /** Destroys the socket, in any state; `error` is then why it has ended. */
  close(error?: unknown): Promise<void>;
}

/** Begins a connection. */
export type OpenClient = (
  target: Target,
  onMessage: (message: RedisMessage) => void,
) => RedisConnection;
