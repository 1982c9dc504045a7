import type { Writable } from 'node:stream';
import { LineSplitter } from './lineSplitter.js';
import { type Output, StreamOutput } from './output.js';

/** Writes received data to a pipe or a file in whole lines, so that no reader receives half a line. */
export class LineOutput implements Output {
  readonly #stream: StreamOutput;
  readonly #splitter: LineSplitter;

  /** @param maxBytes maximum length of a line in bytes */
  constructor(stream: Writable, maxBytes: number) {
    this.#stream = new StreamOutput(stream);
    this.#splitter = new LineSplitter(maxBytes, 'line from the server');
  }

  /** @throws CommandError for a line that is too long, of which nothing is written */
  async write(chunk: Buffer): Promise<void> {
    const lines: Buffer[] = [];
    try {
      for (const line of this.#splitter.split(chunk)) lines.push(line);
    } finally {
      await this.#stream.write(Buffer.concat(lines));
    }
  }

  /** A last line without its end is written after a good session, and dropped after a bad one. */
  async endSession(isGood: boolean): Promise<number> {
    const rest = this.#splitter.takeRest();
    if (isGood) await this.#stream.write(rest);
    this.#stream.endSession();
    return isGood ? 0 : rest.length;
  }
}
