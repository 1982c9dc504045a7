// Why: packages/cli/decisions/0019-the-command-and-the-end-of-stdin.md
import { setTimeout } from 'node:timers/promises';
import { Break, Continue, type ControlFlow, fatal } from 'schmoozer/compiled';
import { CommandError } from './commandError.js';
import type { Output } from './output.js';
import type { LineQueue } from './lineQueue.js';
import { LineSender } from './lineSender.js';
import { Silence } from './silence.js';
import type { Wire } from './wire.js';

/** How long pending lines may take after the peer has ended, in milliseconds; then the release cuts them off. */
const SEND_TIMEOUT_MS = 1000;

export interface ServeOptions {
  readonly queue: LineQueue;
  readonly output: Output;
  /** Lines to send first in the session, each with its end. */
  readonly hello: readonly Buffer[];
  /** True if the command ends with this session. */
  readonly once: boolean;
  /** How long the connection must be silent before this side ends, in milliseconds. */
  readonly lingerMs: number;
  /** Receives the number of bytes of a line whose end did not arrive. */
  readonly onUnfinished: (bytes: number) => void;
}

/**
 * Copies lines to the connection, and received data to the output, until the peer ends. When nothing is left to send,
 * it ends this side, and waits for the rest of the answer. An abort shortens the wait, and leaves later lines to the
 * next session.
 *
 * @returns Break when everything was sent and answered, or this session had to be the only one
 * @throws the error that broke the connection; fatal when another session could not succeed either
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
