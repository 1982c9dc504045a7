import type { Fault } from './faults.js';

/** What the network saw of one connection; times are milliseconds of the system's monotonic clock. */
export interface ConnectionRecord {
  readonly link: number;
  readonly fault: Fault;
  readonly acceptedAt: number;
  /** The client's port. */
  readonly port: number;
  /** When its end went out to the client, or silence began; undefined while neither has. */
  goneAt?: number;
  gone?: 'signalled' | 'silent' | 'client';
  /** When the client had ended or closed it. */
  leftAt?: number;
  damaged?: true;
}

/** What a link said of one session. */
export interface SessionRecord {
  readonly link: number;
  /** The link's own port; undefined where it does not know that. */
  readonly port: number | undefined;
  readonly onAt: number;
  readonly offAt: number;
}

/** What the servers saw of all of it. */
export interface ServerRecord {
  /** Lines out of order or twice within one session, on connections that were not damaged. */
  readonly disorder: string[];
  /** For each link with an outbox: its messages, in the order in which they first came. */
  readonly received: Readonly<Record<number, number[]>>;
  /** Messages of outboxes that came more than once. */
  readonly repeated: number;
}

/** From the network's process. */
export type FromNetwork =
  | { readonly type: 'ready'; readonly ports: number[] }
  /** It behaves since `at`. */
  | { readonly type: 'calm'; readonly at: number }
  | {
      readonly type: 'report';
      readonly connections: ConnectionRecord[];
      readonly servers: ServerRecord;
      /** The longest time for which the process was kept waiting. */
      readonly keptWaitingMs: number;
      /** The time of CPU it took to stop all links. */
      readonly stopCpuMs: number;
    };

/** To the network's process. */
export type ToNetwork =
  /** A link has had its first good session. */
  | { readonly type: 'stable'; readonly link: number }
  | { readonly type: 'calm' }
  /** All links are about to be stopped. */
  | { readonly type: 'stop' }
  | { readonly type: 'report' };

/** Milliseconds of a clock that the processes of one system share. */
export const now = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** How a link of a given number is made; each kind is in every combination with the others. */
export const traits = (link: number) => ({
  kind: link % 2 === 0 ? ('tcp' as const) : ('ws' as const),
  engine: (link >> 1) % 2 === 0 ? ('xstate' as const) : ('compiled' as const),
  isLimited: (link >> 2) % 2 === 1,
  hasOutbox: link % 11 === 0,
  /** `run` reads nothing for 3 s after each fourth line. */
  isSlow: link % 7 === 3 && link % 11 !== 0,
  /** The name resolves to one address or the other, late, or not at all. */
  hasName: link % 5 === 4,
});
