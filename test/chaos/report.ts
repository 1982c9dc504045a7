import { NOTICE_MS, SILENCE_MS } from './bounds.js';
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
  /** When the links' process was busy with something else than its links. */
  readonly blind: readonly { readonly from: number; readonly to: number }[];
  /** Samples of the system's table, and those in which a link had two connections; undefined where there is no such table. */
  readonly samples: { readonly taken: number; readonly doubled: number } | undefined;
  /** When the network began to behave. */
  readonly calmAt: number;
  /** When the first echo came of what each link sent after that; undefined where none did. */
  readonly backAt: readonly (number | undefined)[];
  /** Heap in use after collection, without compiled code, in MB, by the minute. */
  readonly heapMb: readonly number[];
  readonly stoppedAt: number;
  readonly stopMs: number;
  readonly left: { readonly running: number; readonly sockets: number; readonly timers: number };
  /** Of each outbox: what was added to it. */
  readonly added: Readonly<Record<number, number>>;
  readonly warnings: readonly string[];
  /** The longest time for which others had the machine while a process wanted it, of both processes, in milliseconds. */
  readonly keptWaitingMs: number;
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
export function liesOf({
  connections,
  sessions,
  blind,
}: Pick<Observations, 'connections' | 'sessions' | 'blind'>): Lie[] {
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
    if (gone === 'signalled' && blind.some(({ from, to }) => goneAt < to && offAt > from)) continue;
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
  const count = (what: string, value: number, isTime = false) =>
    rows.push({ what, measured: String(value), atMost: '0', isOver: value > 0, isTime });
  const time = (what: string, values: readonly number[], part: number, mostMs: number) => {
    const sorted = values.toSorted((a, b) => a - b);
    const ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    // A process that does not get the CPU sees nothing, and cannot act.
    const isOver = ms > mostMs + seen.keptWaitingMs;
    const measured = `${Math.round(ms)} ms (${values.length})`;
    rows.push({ what, measured, atMost: `${mostMs} ms`, isOver, isTime: true });
  };
  const notice = (what: string, values: readonly number[], afterMs: number) => {
    time(`${what}, p99`, values, 0.99, afterMs + NOTICE_MS.p99);
    time(`${what}, max`, values, 1, afterMs + NOTICE_MS.max);
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
  const lies = liesOf(seen);
  for (const kind of ['tcp', 'ws'] as const) {
    const of = (gone: Lie['gone']) =>
      lies.filter((lie) => lie.kind === kind && lie.gone === gone).map(({ ms }) => ms);
    notice(`${kind}: online after an end or a reset`, of('signalled'), 0);
    notice(`${kind}: online on a silent line`, of('silent'), SILENCE_MS);
  }
  const backs = backsOf(seen);
  count('links that did not come back', seen.backAt.length - backs.length);
  const knew = backs.filter(({ didKnow }) => didKnow).map(({ ms }) => ms);
  time('back after the chaos, links whose line was not silent or damaged, p99', knew, 0.99, 1000);
  const everyBack = backs.map(({ ms }) => ms);
  time('back after the chaos, all links, max', everyBack, 1, 5000);
  const lostAgain = ({ link, offAt }: SessionRecord) =>
    offAt > (seen.backAt[link] ?? Infinity) && offAt < seen.stoppedAt;
  // A server that gets no CPU answers no heartbeat.
  count('sessions that ended in the calm', seen.sessions.filter(lostAgain).length, true);
  const [first, last] = [seen.heapMb[0], seen.heapMb.at(-1)];
  if (first !== undefined && last !== undefined && seen.heapMb.length > 1) {
    const measured = `${first.toFixed(1)} → ${last.toFixed(1)} MB`;
    const isOver = last > first * 1.03;
    rows.push({ what: 'heap, minute 1 / last', measured, atMost: '+3 %', isOver, isTime: false });
  }
  time('stop of all links', [seen.stopMs], 1, 300);
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

/**
 * How long each link took, from the moment in which the network began to behave to the echo of what was sent after it: the rest of a
 * wait, an attempt, a session. A link whose line was silent or damaged then did not know that, for up to `SILENCE_MS`.
 */
function backsOf({
  connections,
  calmAt,
  backAt,
}: Observations): { ms: number; didKnow: boolean }[] {
  const byLink = byLinkOf(connections);
  const didKnow = (link: number) => {
    const last = byLink.get(link)?.findLast(({ acceptedAt }) => acceptedAt <= calmAt);
    const { gone, goneAt = Infinity, leftAt = Infinity, damaged } = last ?? {};
    const isSilent = gone === 'silent' && goneAt <= calmAt;
    return leftAt <= calmAt || !(isSilent || damaged);
  };
  return backAt.flatMap((at, link) =>
    at === undefined ? [] : [{ ms: at - calmAt, didKnow: didKnow(link) }],
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
