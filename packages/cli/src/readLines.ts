import type { Readable } from 'node:stream';
import type { LineQueue } from './lineQueue.js';
import { LineSplitter } from './lineSplitter.js';

/**
 * Puts the lines of a stream into the queue, including a last one without its end, then closes the queue. While the
 * queue is full the stream is not read.
 *
 * @param afterChunk called when the lines of a chunk are in the queue, or dropped
 * @returns true if nothing arrived at all
 * @throws the stream's error; CommandError for a line longer than `maxBytes`, of which nothing is sent
 */
export async function readLines(
  stream: Readable,
  queue: LineQueue,
  { maxBytes, afterChunk }: { maxBytes: number; afterChunk: () => void },
): Promise<boolean> {
  let isEmpty = true;
  const splitter = new LineSplitter(maxBytes, 'line of stdin');
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    isEmpty = false;
    for (const line of splitter.split(chunk)) await queue.push(line);
    afterChunk();
  }
  const rest = splitter.takeRest();
  if (rest.length > 0) await queue.push(rest);
  queue.close();
  afterChunk();
  return isEmpty;
}
