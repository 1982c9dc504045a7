import type { CloseCause, ReconnectActor, ReconnectOutput } from 'schmoozer';

export interface SessionRecord {
  readonly epoch: number;
  lines: number;
  isStable: boolean;
  cause?: CloseCause;
  code?: string;
}

/** What has happened to the client, updated as it happens. */
export interface Record {
  attempts: number;
  /** Milliseconds without a connection. */
  downMs: number;
  /** Failed attempts; `epoch` is the number of the previous session. */
  readonly failures: { epoch: number; code: string }[];
  readonly sessions: SessionRecord[];
  readonly lines: string[];
  output?: ReconnectOutput<string>;
}

/** Records the events of an actor; call it before the start. */
export function keepRecord(actor: ReconnectActor<string>): Record {
  const record: Record = { attempts: 0, downMs: 0, failures: [], sessions: [], lines: [] };
  let downSince: number | undefined = performance.now();

  actor.subscribe((snapshot) => {
    const isDown = snapshot.hasTag('offline') && snapshot.status === 'active';
    if (isDown) downSince ??= performance.now();
    else if (downSince !== undefined) {
      record.downMs += performance.now() - downSince;
      downSince = undefined;
    }
  });
  actor.on('connection.opened', ({ epoch }) => {
    record.sessions.push({ epoch, lines: 0, isStable: false });
  });
  actor.on('attempt.started', () => {
    record.attempts += 1;
  });
  actor.on('attempt.failed', ({ epoch, error }) => {
    record.failures.push({ epoch: epoch - 1, code: codeOf(error) });
  });
  actor.on('connection.closed', ({ cause, isStable, error }) => {
    const session = record.sessions.at(-1);
    if (session) Object.assign(session, { cause, isStable, code: codeOf(error) });
  });
  actor.on('link.ended', ({ output }) => {
    record.output = output as ReconnectOutput<string>;
  });
  return record;
}

export function recordLine(record: Record, line: string): void {
  record.lines.push(line);
  const session = record.sessions.at(-1);
  if (session) session.lines += 1;
}

/** The stable name of an error: its code if it has one. */
export function codeOf(error: unknown): string {
  if (error === undefined) return '';
  if (!(error instanceof Error)) return JSON.stringify(error);
  return 'code' in error ? String(error.code) : error.message;
}
