import type { Duplex } from 'node:stream';
import { checkBoolean, checkFunction, checkRange, resolveOptions } from '../../core/check.js';
import type { ConnectContext } from '../../core/connector.js';
import { contextNames } from '../../core/signalOf.js';
import { failureOf } from './errors.js';
import { LineBuffer, NEWLINE } from './lineBuffer.js';

/** The end of the loop over lines, and the limits of a line. */
export interface LinesOptions {
  /**
   * Its abort ends the loop at once. Without it the loop continues after a `stop`, until the peer ends or
   * `gracePeriodMs` has passed. Default: none.
   */
  readonly signal?: AbortSignal;
  /** Maximum length of a line in bytes, including its end. Default: 1 048 576 (1 MiB). Bounds: 1 to 268 435 456. */
  readonly maxLineBytes?: number;
  /**
   * True to yield a last line that has no line feed, if the peer has closed the connection in an orderly way: for
   * protocols that leave out the last line feed. Default: `false`, because the connection of a killed peer is closed in
   * an orderly way too.
   */
  readonly yieldUnfinished?: boolean;
  /**
   * Called with the number of bytes of a last line that was dropped because its line feed did not arrive. Default:
   * none.
   */
  readonly onUnfinished?: (bytes: number) => void;
}

/** The options' only list of defaults. */
const defaults = {
  maxLineBytes: 1_048_576,
  yieldUnfinished: false,
  onUnfinished: (_bytes: number) => {},
};

type Settings = LinesOptions & Required<Omit<LinesOptions, 'signal'>>;

/**
 * Yields the lines of UTF-8 text from a socket, without their `\n` or `\r\n`, until the peer ends. A last line without
 * a line feed is dropped. Leaving the loop keeps the socket open, and another loop continues where this one stopped:
 * all loops over a socket share the received lines.
 *
 * @throws the error that closed the socket, after all earlier lines; LineTooLongError; the signal's reason, once the
 * signal is aborted, unless the peer has ended in an orderly way and all lines have been read. The call itself throws
 * InvalidOptionError when an option is unknown or invalid
 */
export function lines(
  socket: Duplex,
  options: LinesOptions = {},
): AsyncGenerator<string, void, void> {
  const settings: Settings = resolveOptions<
    LinesOptions & Partial<ConnectContext>,
    typeof defaults
  >(options, defaults, contextNames);
  checkRange('maxLineBytes', settings.maxLineBytes, 1, 2 ** 28);
  checkBoolean('yieldUnfinished', settings.yieldUnfinished);
  checkFunction('onUnfinished', settings.onUnfinished);
  return readLines(socket, settings);
}

/** The data read from a socket, and the loops that wait for more. */
interface Reading {
  readonly buffer: LineBuffer;
  readonly loops: Set<() => void>;
}

const readings = new WeakMap<Duplex, Reading>();

function readingOf(socket: Duplex): Reading {
  const reading = readings.get(socket) ?? { buffer: new LineBuffer(), loops: new Set() };
  readings.set(socket, reading);
  return reading;
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const;

async function* readLines(
  socket: Duplex,
  { signal, maxLineBytes, yieldUnfinished, onUnfinished }: Settings,
): AsyncGenerator<string, void, void> {
  const { buffer, loops } = readingOf(socket);
  let wake = () => {};
  const look = () => wake();
  for (const event of EVENTS) socket.on(event, look);
  signal?.addEventListener('abort', look);
  loops.add(look);
  try {
    for (;;) {
      // After all lines have been taken, the orderly end says more than the signal's reason, which is only that the
      // connection is gone.
      if (!socket.readableEnded) signal?.throwIfAborted();
      const line = buffer.take(maxLineBytes);
      if (line !== undefined) {
        yield line;
        continue;
      }
      const chunk = read(socket);
      if (chunk !== undefined) buffer.put(chunk);
      else if (socket.readableEnded || socket.destroyed) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    const rest = buffer.takeRest();
    if (rest.length > 0) {
      if (yieldUnfinished && socket.readableEnded) yield rest.toString();
      else onUnfinished(rest.length);
    }
    const failure = failureOf(socket);
    if (failure) throw failure;
  } finally {
    for (const event of EVENTS) socket.off(event, look);
    signal?.removeEventListener('abort', look);
    loops.delete(look);
    // Other loops take the remaining lines.
    for (const other of loops) other();
  }
}

/** Reads the received data up to its last complete line. */
function read(socket: Duplex): Buffer | undefined {
  const chunk = socket.read() as Buffer | string | null;
  if (chunk === null) return undefined;
  // An encoding was set on the socket.
  if (typeof chunk === 'string') return Buffer.from(chunk);
  const start = lastLineOf(chunk);
  // A destroyed socket takes nothing back.
  if (start === 0 || socket.destroyed) return chunk;
  // A socket announces its end when it is empty, which must not happen while lines still wait here.
  socket.unshift(chunk.subarray(start));
  return chunk.subarray(0, start);
}

/** The start of the last complete line. */
function lastLineOf(chunk: Buffer): number {
  const end = chunk.lastIndexOf(NEWLINE);
  return end > 0 ? chunk.lastIndexOf(NEWLINE, end - 1) + 1 : 0;
}
