// Why: packages/cli/decisions/0019-the-command-and-the-end-of-stdin.md
import { setTimeout } from 'node:timers/promises';
import { Break, Continue, type ControlFlow, fatal } from 'schmoozer';
import { CommandError } from './commandError.js';
import type { Output } from './output.js';
import type { LineQueue } from './lineQueue.js';
import { LineSender } from './lineSender.js';
import { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** How long what is being sent may take when the peer has ended; then the release cuts it off. */
const SEND_TIMEOUT_MS = 1000;

export interface ServeOptions {
  readonly queue: LineQueue;
  readonly output: Output;
  /** Lines that the session begins with, each with its end. */
  readonly hello: readonly Buffer[];
  /** Whether the command ends with this session. */
  readonly once: boolean;
  /** How long nothing must have moved before our end is sent, in milliseconds. */
  readonly lingerMs: number;
  /** Told of the bytes of a line whose end never came. */
  readonly onUnfinished: (bytes: number) => void;
}

/**
 * Copies lines to the connection, and what it brings to the output, until the peer ends. When nothing is
 * left to send it sends our end, and waits for the rest of the answer; an abort makes it hurry, and leaves to the next
 * session what still may come into the queue.
 *
 * @returns Break when all was sent and answered, or this session was to be the only one
 * @throws what broke the connection; fatal when another session would not mend it
 */
export async function serve(
  wire: Wire,
  signal: AbortSignal,
  { queue, output, hello, once, lingerMs, onUnfinished }: ServeOptions,
): Promise<ControlFlow<void>> {
  const silence = new Silence(lingerMs);
  const sender = new LineSender(wire, queue, silence);
  const hurry = () => sender.hurry();
  signal.addEventListener('abort', hurry);

  const sending = sender.run(hello);
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of wire.incoming) {
      silence.restart();
      await output.write(chunk);
    }
  } catch (error) {
    failure = { error };
  }
  sender.finish();
  await Promise.race([sending, setTimeout(SEND_TIMEOUT_MS, undefined, { ref: false })]);
  signal.removeEventListener('abort', hurry);

  failure ??= sender.failure;
  const unfinished = await output.endSession(failure === undefined);
  if (unfinished > 0) onUnfinished(unfinished);
  const isLast = once || queue.isDone;
  if (failure === undefined) return isLast ? Break() : Continue();
  throw isLast || failure.error instanceof CommandError ? fatal(failure.error) : failure.error;
}
