import type { ReconnectOutput } from 'schmoozer/compiled';
import type { CommandError } from './commandError.js';

/** The exit code when stdout or stderr was not read in time. */
export const STUCK = 3;

/** What is known at the end. */
interface Ending {
  readonly output: ReconnectOutput | undefined;
  /** An error outside of the connection. */
  readonly failure: CommandError | undefined;
  /** The error of the last session. */
  readonly lastError: unknown;
  /** Number of lines that were read and not sent. */
  readonly lost: number;
}

/** How the command ended, for its last event and its exit code. */
interface Outcome {
  readonly status: 'completed' | 'failed' | 'stopped';
  readonly exitCode: number;
  readonly error: unknown;
}

export function outcomeOf(ending: Ending): Outcome {
  const { output, lost } = ending;
  const error = errorIn(ending);
  const isAsked = output?.status === 'stopped' && output.reason !== undefined;
  const status = error !== undefined ? 'failed' : isAsked ? 'stopped' : 'completed';
  return { status, exitCode: exitCodeOf(error, lost), error };
}

function exitCodeOf(error: unknown, lost: number): number {
  if ((error as { code?: unknown } | undefined)?.code === 'ERR_OUTPUT_STUCK') return STUCK;
  return error === undefined && lost === 0 ? 0 : 1;
}

function errorIn({ output, failure, lastError }: Ending): unknown {
  if (failure) return failure;
  if (output?.status === 'failed') return output.error;
  // The command stopped itself because there was nothing left to do: the last session must have ended well.
  return output?.status === 'stopped' && output.reason === undefined ? lastError : undefined;
}
