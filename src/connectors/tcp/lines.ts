import type { Duplex } from 'node:stream';
import { checkBoolean, checkFunction, checkRange, resolveOptions } from '../../core/check.js';
import type { ConnectContext } from '../../core/connector.js';
import { contextNames } from '../../core/signalOf.js';
import { failureOf } from './errors.js';
import { LineBuffer, NEWLINE } from './lineBuffer.js';

/** What ends the loop over lines, and how long a line may be. */
export interface LinesOptions {
  /** Ends the loop at once; leave it out to go on reading while a stop drains. Default none. */
  readonly signal?: AbortSignal;
  /**
   * The longest line that is taken, in bytes, its end included. Default 1 048 576 (1 MiB); bounds 1 to 268 435 456.
   */
  readonly maxLineBytes?: number;
  /**
   * Whether a last line without its end is yielded when the peer has ended in order, for protocols that end so. Default
   * `false`: a peer that was killed in the middle of a line ends in order, too.
   */
  readonly yieldUnfinished?: boolean;
  /** Called with the bytes of a last line that was dropped, as its end never came. Default none. */
  readonly onUnfinished?: (bytes: number) => void;
}

/** The options' defaults; each stands here only. */
const defaults = {
  maxLineBytes: 1_048_576,
  yieldUnfinished: false,
  onUnfinished: (_bytes: number) => {},
};

type Settings = LinesOptions & Required<Omit<LinesOptions, 'signal'>>;

/**
 * The lines of UTF-8 text that come in, without their `\n` or `\r\n`, until the peer ends. A last line that lacks its
 * end is dropped. The socket is left open when the loop is left, and another loop goes on where this one stopped: all
 * loops over a socket share what has come.
 *
 * @throws what closed the socket, after the lines that had come before; LineTooLongError; the signal's reason once it is
 *   aborted, unless all lines have been read; InvalidOptionError at once
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

/** What has been read of a socket, and the loops that wait for more. */
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
      // It has ended when all lines have been taken: that says more than that the connection is gone.
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
    // Lines that this loop leaves are for the others.
    for (const other of loops) other();
  }
}

/** What has come, up to the last whole line, or that line. */
function read(socket: Duplex): Buffer | undefined {
  const chunk = socket.read() as Buffer | string | null;
  if (chunk === null) return undefined;
  // Somebody has set an encoding.
  if (typeof chunk === 'string') return Buffer.from(chunk);
  const start = lastLineOf(chunk);
  // What is destroyed takes nothing back.
  if (start === 0 || socket.destroyed) return chunk;
  // A socket announces its end when it is empty; it must not while lines still wait here to be taken.
  socket.unshift(chunk.subarray(start));
  return chunk.subarray(0, start);
}

/** Where the last whole line begins. */
function lastLineOf(chunk: Buffer): number {
  const end = chunk.lastIndexOf(NEWLINE);
  return end > 0 ? chunk.lastIndexOf(NEWLINE, end - 1) + 1 : 0;
}
