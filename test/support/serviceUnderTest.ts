import type { Connector } from 'schmoozer';
import type { MessageOptions, RedeliveryOptions } from 'schmoozer/messages';
import type { ServiceName } from './services.js';
import type { Overture } from './tlsFront.js';

/** The consumer's side of an example, the same for all. */
export interface Wiring {
  readonly url: string;
  /** In seconds: how soon a silent peer must be noticed. */
  readonly heartbeatS: number;
  /** What the client is told of TLS, if it is to speak it. */
  readonly tls: { readonly ca: string } | undefined;
  readonly onSession: (session: { epoch: number; gap: boolean }) => void;
  /** What it throws, or answers, is the handler's; examples ignore it. */
  readonly hear: (epoch: number, text: string) => unknown;
  /** For packages: the shared options beside `onSession` and `onMessage`; those of redelivery if the service redelivers. */
  readonly shared: Pick<MessageOptions<unknown>, 'onMessageError' | 'onError'> &
    RedeliveryOptions<unknown>;
  /** Each call is one attempt that asked for its credentials. */
  readonly onCredentials: () => void;
}

/** A server and our own access to it, beside the example. */
export interface Access {
  connector(wiring: Wiring): Connector<unknown>;
  publish(text: string): Promise<void>;
  /** Connections of the example, as the server counts them; undefined where it cannot be asked soon. */
  count?(): Promise<number>;
  /** Makes the server forget what the example subscribed to. */
  forget?(): Promise<unknown>;
  /** Ends the example's connection from the server's side; `inject` speaks to the server in its name. */
  cut(inject: (bytes: Uint8Array) => void): Promise<void>;
  /** Sockets of a server that runs in this process. */
  ownSockets?(): number;
  close(): Promise<unknown>;
}

export interface Service {
  readonly name: ServiceName | 'JetStream' | 'Server-sent events';
  /** Whether the server keeps what is published while the example is away. */
  readonly keepsMessages: boolean;
  /** Whether the server waits for an acknowledgement, and delivers a message again without one. Default false. */
  readonly redelivers?: boolean;
  /** Whether a message whose handler was done after its connection was lost does not come again. Default false. */
  readonly remembers?: boolean;
  /** How this protocol says in its URL that it wants TLS, and what goes before. */
  readonly secure: { readonly scheme: string; readonly overture?: Overture };
  /** Opens our own access; `name` is unique to this run. */
  open(name: string): Promise<Access & { readonly at?: URL }>;
}
