import { isUtf8 } from 'node:buffer';
import type { WebSocketSession } from 'schmoozer/websocket';
import { tooLong } from './commandError.js';
import type { Wire } from './wire.js';

const NEWLINE = Buffer.of(0x0a);

/** A WebSocket, in which each message is a line without its end. */
export class WebSocketWire implements Wire {
  readonly #session: WebSocketSession;
  readonly #maxBytes: number;
  readonly batchBytes = 0;

  constructor(session: WebSocketSession, maxBytes: number) {
    this.#session = session;
    this.#maxBytes = maxBytes;
  }

  get incoming(): AsyncIterable<Buffer> {
    return this.#incoming();
  }

  async *#incoming(): AsyncGenerator<Buffer> {
    try {
      // Without a signal, so that answers are still read while a stop drains.
      for await (const message of this.#session.messages()) {
        yield Buffer.concat([Buffer.from(message as string), NEWLINE]);
      }
    } catch (error) {
      throw isTooLong(error) ? tooLong('message from the server', this.#maxBytes) : error;
    }
  }

  /** Sends lines; a line that is not valid UTF-8 is sent as a binary message. */
  async send(lines: readonly Buffer[]): Promise<void> {
    for (const line of lines) {
      const content = withoutEnd(line);
      await this.#session.send(isUtf8(content) ? content.toString() : content);
    }
  }

  end(): void {
    void this.#session.close();
  }
}

function withoutEnd(line: Buffer): Buffer {
  if (line.at(-1) !== 0x0a) return line;
  return line.subarray(0, line.at(-2) === 0x0d ? -2 : -1);
}

/** True for the error of `ws` when a message is longer than its `maxPayload`. */
function isTooLong(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return cause?.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
}
