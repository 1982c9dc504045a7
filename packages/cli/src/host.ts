import type { Readable, Writable } from 'node:stream';

/** The signals that end the command. */
export type Signal = 'SIGHUP' | 'SIGINT' | 'SIGTERM';

/** The parts of a process that the command needs. */
export interface Host {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly now: () => Date;
  /** `SIGUSR1` requests a new connection. */
  readonly onSignal: (listener: (signal: Signal | 'SIGUSR1') => void) => void;
  /** Exits at once. */
  readonly exit: (code: number) => void;
}
