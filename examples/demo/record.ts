import type { CloseCause, ReconnectActor, ReconnectMachine, ReconnectOutput } from 'schmoozer';
import type { SnapshotFrom } from 'xstate';

export interface SessionRecord {
  readonly epoch: number;
  lines: number;
  isStable: boolean;
  cause?: CloseCause;
  code?: string;
}

/** What the client went through; filled in as it happens. */
export interface Record {
  attempts: number;
  /** Milliseconds without a connection. */
  downMs: number;
  /** Tries that found no connection; `epoch` is the last session before. */
  readonly failures: { epoch: number; code: string }[];
  readonly sessions: SessionRecord[];
  readonly lines: string[];
  output?: ReconnectOutput<string>;
}

/** Writes down what an actor does, from before its start. */
export function keepRecord(actor: ReconnectActor<string>): Record {
  const record: Record = { attempts: 0, downMs: 0, failures: [], sessions: [], lines: [] };
  let downSince: number | undefined = performance.now();
  let isConnecting = false;
  let hasClosed = false;

  actor.subscribe((snapshot) => {
    if (snapshot.hasTag('connecting') && !isConnecting) record.attempts += 1;
    isConnecting = snapshot.hasTag('connecting');
    const session = record.sessions.at(-1);
    if (session && isStable(snapshot)) session.isStable = true;

    const isDown = snapshot.hasTag('offline') && snapshot.status === 'active';
    if (isDown) downSince ??= performance.now();
    else if (downSince !== undefined) {
      record.downMs += performance.now() - downSince;
      downSince = undefined;
    }
    if (snapshot.output) record.output = snapshot.output;
  });
  actor.on('connection.opened', ({ epoch }) => {
    record.sessions.push({ epoch, lines: 0, isStable: false });
  });
  actor.on('connection.closed', ({ cause, error }) => {
    hasClosed = true;
    const session = record.sessions.at(-1);
    if (session) Object.assign(session, { cause, code: codeOf(error) });
  });
  actor.on('retry.scheduled', ({ error }) => {
    const epoch = record.sessions.length;
    if (!hasClosed) record.failures.push({ epoch, code: codeOf(error) });
    hasClosed = false;
  });
  return record;
}

export function recordLine(record: Record, line: string): void {
  record.lines.push(line);
  const session = record.sessions.at(-1);
  if (session) session.lines += 1;
}

/** A session has lasted: the link does not count as down any more. */
export function isStable({ context }: SnapshotFrom<ReconnectMachine>): boolean {
  return context.downSinceMs === undefined;
}

/** The stable name of an error: its code where it has one. */
export function codeOf(error: unknown): string {
  if (error === undefined) return '';
  if (!(error instanceof Error)) return JSON.stringify(error);
  return 'code' in error ? String(error.code) : error.message;
}
