import { limitAttempts } from 'schmoozer/compiled';
import { createReconnectActor, type CompiledActor } from 'schmoozer/compiled';
import { connectorFor } from './connectorFor.js';
import { explain } from './explain.js';
import type { Host } from './host.js';
import { LineOutput } from './lineOutput.js';
import { TerminalOutput } from './terminalOutput.js';
import type { LineQueue } from './lineQueue.js';
import type { Settings } from './parseArguments.js';
import type { CommandEvent } from './report.js';

/** Default of `--max-attempts` with `--once`: a command that asks for one session must not wait forever. */
const ONCE_ATTEMPTS = 5;

/**
 * How long an end may take, in milliseconds: a tenth less than `STOP_TIMEOUT_MS`, so that received data can still be
 * written.
 */
const GRACE_PERIOD_MS = 4500;

/** Creates the actor for the settings: it sends the queue's lines, and writes received data to stdout. */
export function actorFor(
  settings: Settings,
  { stdout }: Host,
  queue: LineQueue,
  tell: (event: CommandEvent) => void,
): CompiledActor<unknown> {
  const { target, backoff, maxMessage, hello, once, linger, raw } = settings;
  const maxAttempts = settings.maxAttempts ?? (once === true ? ONCE_ATTEMPTS : Infinity);
  const connector = connectorFor(settings, {
    queue,
    output: stdout.isTTY
      ? new TerminalOutput(stdout, { isRaw: raw === true })
      : new LineOutput(stdout, maxMessage),
    hello: hello.map((line) => Buffer.from(`${line}\n`)),
    once: once === true,
    lingerMs: linger,
    onUnfinished: (bytes) => tell({ event: 'unfinished', bytes }),
  });
  const connect: typeof connector.connect = (attempt) => {
    const { attempt: failed, epoch } = attempt;
    tell({ event: 'connecting', url: target.shown, attempt: failed, epoch });
    return connector.connect(attempt);
  };
  return createReconnectActor<unknown, unknown>(
    { ...connector, connect },
    {
      backoff: maxAttempts === Infinity ? backoff : limitAttempts(backoff, maxAttempts),
      failFast: settings.failFast,
      gracePeriodMs: GRACE_PERIOD_MS,
      connectTimeoutMs: settings.connectTimeout,
      logger: (error: unknown) => tell({ event: 'warning', error: explain(error, target) }),
    },
  );
}
