import type { Socket } from 'node:net';
import { CommandError } from './commandError.js';
import type { Wire } from './wire.js';

/** The head of a TLS alert: what a TLS server answers to those who do not speak TLS. */
const TLS_ALERT = Buffer.of(0x15, 0x03);

/** A socket, whose bytes pass as they are. */
export class TcpWire implements Wire {
  readonly #socket: Socket;
  readonly #isPlain: boolean;
  #hasEnded = false;

  constructor(socket: Socket, { isPlain }: { isPlain: boolean }) {
    this.#socket = socket;
    this.#isPlain = isPlain;
  }

  /** Whether lines went out, nothing came back, and we had not ended: no protocol was spoken yet. */
  get isUnanswered(): boolean {
    const { bytesRead, bytesWritten } = this.#socket;
    return bytesRead === 0 && bytesWritten > 0 && !this.#hasEnded;
  }

  get incoming(): AsyncIterable<Buffer> {
    return this.#incoming();
  }

  async *#incoming(): AsyncGenerator<Buffer> {
    let isFirst = this.#isPlain;
    // The socket outlives the loop: what is still being sent must not be cut off.
    for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
      if (isFirst && TLS_ALERT.equals((chunk as Buffer).subarray(0, TLS_ALERT.length))) {
        throw tlsExpected();
      }
      isFirst = false;
      yield chunk as Buffer;
    }
  }

  send(lines: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.write(Buffer.concat(lines), (error) => (error ? reject(error) : resolve())),
    );
  }

  end(): void {
    this.#hasEnded = true;
    this.#socket.end();
  }
}

export function tlsExpected(): CommandError {
  return new CommandError(
    'ERR_TLS_EXPECTED',
    'the server speaks TLS',
    'use tls:// in place of tcp://',
  );
}
