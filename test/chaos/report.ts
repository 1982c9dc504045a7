import { SILENCE_MS } from './bounds.js';
import type { ConnectionRecord, ServerRecord, SessionRecord } from './records.js';
import { traits } from './records.js';

/** Everything that was seen. */
export interface Observations {
  readonly connections: readonly ConnectionRecord[];
  readonly sessions: readonly SessionRecord[];
  readonly servers: ServerRecord;
  /** Lines that a link had not expected. */
  readonly disorder: readonly {
    readonly link: number;
    readonly at: number;
    readonly text: string;
  }[];
  readonly ended: readonly { readonly link: number; readonly output: unknown }[];
  /** Samples of the system's table, and those in which a link had two connections; undefined where there is no such table. */
  readonly samples: { readonly taken: number; readonly doubled: number } | undefined;
  /** When the network began to behave. */
  readonly calmAt: number;
  /** When each link was back after that; undefined for those that were not. */
  readonly backAt: readonly (number | undefined)[];
  /** Heap in use after collection, in MB, by the minute. */
  readonly heapMb: readonly number[];
  readonly stopMs: number;
  readonly left: { readonly running: number; readonly sockets: number; readonly timers: number };
  /** Of each outbox: what was added to it. */
  readonly added: Readonly<Record<number, number>>;
  readonly warnings: readonly string[];
  /** The longest time that the loop of each process stood still, both together, in milliseconds. */
  readonly stallMs: number;
}

export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly atMost: string;
  readonly isOver: boolean;
  /** Whether it is a time, which depends on the machine. */
  readonly isTime: boolean;
}

/** How long each link stayed `online` after the end had been sent to it, or after silence began, in milliseconds. */
export interface Lie {
  readonly kind: 'tcp' | 'ws';
  readonly gone: 'signalled' | 'silent';
  readonly ms: number;
}

/**
 * Each session beside the connection that it ran on. A link has one at a time: it is the last that was accepted before, unless the link
 * was faster than the network, which a TCP client may be.
 */
export function liesOf(
  connections: readonly ConnectionRecord[],
  sessions: readonly SessionRecord[],
): Lie[] {
  const byLink = byLinkOf(connections);
  const lies: Lie[] = [];
  for (const { link, port, onAt, offAt } of sessions) {
    const connection = byLink
      .get(link)
      ?.findLast((one) =>
        port === undefined ? one.acceptedAt <= onAt : one.port === port && one.acceptedAt <= offAt,
      );
    const { goneAt, gone } = connection ?? {};
    if (goneAt === undefined || gone === undefined || gone === 'client' || goneAt > offAt) continue;
    lies.push({ kind: traits(link).kind, gone, ms: offAt - Math.max(goneAt, onAt) });
  }
  return lies;
}

function byLinkOf(connections: readonly ConnectionRecord[]): Map<number, ConnectionRecord[]> {
  const byLink = new Map<number, ConnectionRecord[]>();
  for (const connection of connections) {
    const own = byLink.get(connection.link);
    if (own) own.push(connection);
    else byLink.set(connection.link, [connection]);
  }
  return byLink;
}

/** What was promised beside what was seen. */
export function reportOf(seen: Observations): Row[] {
  const rows: Row[] = [];
  const count = (what: string, value: number) =>
    rows.push({ what, measured: String(value), atMost: '0', isOver: value > 0, isTime: false });
  const times = (what: string, values: readonly number[], p99: number, max: number) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (part: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    const [measuredP99, measuredMax] = [at(0.99), at(1)];
    // A process that stood still saw nothing, and could not act.
    const isOver = measuredP99 > p99 + seen.stallMs || measuredMax > max + seen.stallMs;
    const measured = `${Math.round(measuredP99)} / ${Math.round(measuredMax)} ms (${values.length})`;
    rows.push({ what, measured, atMost: `${p99} / ${max} ms`, isOver, isTime: true });
  };

  if (seen.samples) {
    count(
      `links with two live connections, in ${seen.samples.taken} samples`,
      seen.samples.doubled,
    );
  }
  count('duplicates and disorder within a session, at the server', seen.servers.disorder.length);
  count('the same, at the link', seen.disorder.filter(isUnexplained(seen.connections)).length);
  count('links ended for good', seen.ended.length);
  const lies = liesOf(seen.connections, seen.sessions);
  for (const kind of ['tcp', 'ws'] as const) {
    const of = (gone: Lie['gone']) =>
      lies.filter((lie) => lie.kind === kind && lie.gone === gone).map(({ ms }) => ms);
    times(`${kind}: online after an end or a reset, p99 / max`, of('signalled'), 50, 100);
    times(`${kind}: online on a silent line, p99 / max`, of('silent'), SILENCE_MS, SILENCE_MS);
  }
  const back = backMs(seen);
  count('links that did not come back', seen.backAt.length - back.length);
  times('all back after the chaos, p99 / max', back, 1000, 5000);
  const [first, last] = [seen.heapMb[0], seen.heapMb.at(-1)];
  if (first !== undefined && last !== undefined && seen.heapMb.length > 1) {
    const measured = `${first.toFixed(1)} → ${last.toFixed(1)} MB`;
    const isOver = last > first * 1.03;
    rows.push({ what: 'heap, minute 1 / last', measured, atMost: '+3 %', isOver, isTime: false });
  }
  times('stop of all links', [seen.stopMs], 300, 300);
  count('links that did not stop', seen.left.running);
  count('sockets left', seen.left.sockets);
  count('timers left', seen.left.timers);
  const boxes = Object.entries(seen.added);
  const received = (link: string) => seen.servers.received[Number(link)] ?? [];
  const sum = boxes.reduce((all, [, added]) => all + added, 0);
  const lost = boxes.reduce((all, [link, added]) => all + added - received(link).length, 0);
  count(`messages lost, of ${sum} in ${boxes.length} outboxes`, lost);
  count(
    'outboxes whose order was lost',
    boxes.filter(([link]) => !isRising(received(link))).length,
  );
  count('warnings, unhandled rejections', seen.warnings.length);
  return rows;
}

/** How long each link took to come back. A line that was silent when the chaos ended is noticed `SILENCE_MS` later at most. */
function backMs({ connections, calmAt, backAt }: Observations): number[] {
  const byLink = byLinkOf(connections);
  const wasSilent = (link: number) => {
    const {
      fault,
      gone,
      goneAt = Infinity,
      leftAt = Infinity,
    } = byLink.get(link)?.findLast(({ acceptedAt }) => acceptedAt <= calmAt) ?? {};
    return (
      leftAt > calmAt && (fault === 'slowAccept' || (gone === 'silent' && goneAt < backAt[link]!))
    );
  };
  return backAt.flatMap((at, link) =>
    at === undefined ? [] : [Math.max(0, at - calmAt - (wasSilent(link) ? SILENCE_MS : 0))],
  );
}

/** A line may be wrong on a connection that was damaged. */
function isUnexplained(connections: readonly ConnectionRecord[]) {
  const byLink = byLinkOf(connections);
  return ({ link, at }: { link: number; at: number }) =>
    !byLink.get(link)?.findLast(({ acceptedAt }) => acceptedAt <= at)?.damaged;
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => number === index);
}
