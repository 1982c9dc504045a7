import { on } from 'node:events';
import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { signalOf } from '../signalOf.js';

/** Chunks that wait for their reader before the socket is paused. */
const HIGH_WATER_MARK = 64;

/**
 * The lines of UTF-8 text that come in, without their `\n` or `\r\n`, until the peer ends; a last line
 * that lacks its end is yielded too. The socket is left open when the loop is left.
 *
 * @param options.signal ends the loop at once; leave it out to go on reading while a stop drains
 * @throws the error that closed the socket, also if that came before the loop; the signal's reason once
 *   it is aborted; InvalidOptionError at once
 */
export function lines(
  socket: Socket,
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<string, void, void> {
  return readLines(socket, signalOf(options));
}

async function* readLines(
  socket: Socket,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of chunks(socket, signal)) {
    const parts = (rest + decoder.write(chunk)).split('\n');
    rest = parts.pop() as string;
    for (const line of parts) {
      signal?.throwIfAborted();
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}

async function* chunks(socket: Socket, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  signal?.throwIfAborted();
  // Events that are past will not come again.
  if (socket.errored) throw socket.errored;
  if (socket.readableEnded || socket.destroyed) return;
  try {
    const events = on(socket, 'data', {
      close: ['end', 'close'],
      highWaterMark: HIGH_WATER_MARK,
      lowWaterMark: 1,
      ...(signal && { signal }),
    });
    for await (const [chunk] of events) yield chunk as Buffer;
  } catch (error) {
    // The reason itself, not the AbortError that Node wraps around it.
    signal?.throwIfAborted();
    throw error;
  }
}
