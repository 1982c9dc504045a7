import { setTimeout } from 'node:timers/promises';
import { Break, Continue, type ControlFlow } from '../connector.js';
import { fatal } from '../errors.js';
import { CommandError } from './commandError.js';
import type { LineOutput } from './lineOutput.js';
import type { LineQueue } from './lineQueue.js';
import { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** Lines that are sent together: what is lost with the connection is at most this and one line. */
const BATCH_BYTES = 65_536;

/** How long what is being sent may take when the peer has ended. */
const SEND_TIMEOUT_MS = 1000;

export interface ServeOptions {
  readonly queue: LineQueue;
  readonly output: LineOutput;
  /** Whether the command ends with this session. */
  readonly once: boolean;
  /** How long nothing must have moved before our end is sent, in milliseconds. */
  readonly lingerMs: number;
  /** Told of lines that were cut off on their way, and of bytes of a line that has no end. */
  readonly onCut: (cut: { lines: number; bytes: number }) => void;
}

/**
 * Copies lines to the connection and what it brings to the output, until the peer ends. When there is
 * nothing more to send it says so, and waits for the rest of the answer.
 *
 * @returns Break when all was sent and answered, or the session was to be the only one
 * @throws what broke the connection, fatal when another session could not mend it
 */
export async function serve(
  wire: Wire,
  signal: AbortSignal,
  options: ServeOptions,
): Promise<ControlFlow<void>> {
  const { queue, output, once, lingerMs, onCut } = options;
  const silence = new Silence(lingerMs);
  let isOver = false;
  let sendFailure: { error: unknown } | undefined;

  const sendAll = async () => {
    while (!isOver) {
      const lines = queue.take(BATCH_BYTES);
      if (lines.length > 0) await send(lines);
      else if (!queue.isDone) await queue.changed();
      else {
        await silence.wait();
        return isOver ? undefined : wire.end();
      }
    }
  };
  const send = async (lines: readonly Buffer[]) => {
    try {
      await wire.send(lines);
      queue.sent += lines.length;
      silence.restart();
    } catch (error) {
      // Not sent again: the peer may have got them, and twice can be worse than not at all.
      queue.cut += lines.length;
      onCut({ lines: lines.length, bytes: 0 });
      sendFailure = { error };
      isOver = true;
    }
  };
  const stop = () => {
    queue.close();
    silence.skip();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);

  const sending = sendAll();
  let failure: { error: unknown } | undefined;
  try {
    for await (const chunk of wire.incoming) {
      silence.restart();
      await output.write(chunk);
    }
  } catch (error) {
    failure = { error };
  }
  isOver = true;
  silence.skip();
  queue.wake();
  // A peer that has ended and no longer reads: the release destroys the connection.
  await Promise.race([sending, setTimeout(SEND_TIMEOUT_MS, undefined, { ref: false })]);
  signal.removeEventListener('abort', stop);

  failure ??= sendFailure;
  const bytes = await output.endSession(failure === undefined);
  if (bytes > 0) onCut({ lines: 0, bytes });
  if (failure === undefined) return once || queue.isDone ? Break() : Continue();
  const { error } = failure;
  throw once || queue.isDone || error instanceof CommandError ? fatal(error) : error;
}
