import type { Socket } from 'node:net';
import { tlsExpected } from './commandError.js';
import type { Target } from './parseTarget.js';
import type { Wire } from './wire.js';

/** The beginning of a TLS alert, with which a TLS server answers plain text. */
const TLS_ALERT = Buffer.of(0x15, 0x03);

/** A socket, whose bytes pass unchanged. */
export class TcpWire implements Wire {
  readonly #socket: Socket;
  readonly #target: Target;
  #hasEnded = false;
  /** Limits the loss when the connection breaks to this many bytes, or one line. */
  readonly batchBytes = 65_536;

  constructor(socket: Socket, target: Target) {
    this.#socket = socket;
    this.#target = target;
  }

  get hasAnswer(): boolean {
    return this.#socket.bytesRead > 0;
  }

  /** True if the peer ended after lines had been sent, and before this side ended. */
  get wasHungUp(): boolean {
    return this.#socket.bytesWritten > 0 && !this.#hasEnded;
  }

  get incoming(): AsyncIterable<Buffer> {
    return this.#incoming();
  }

  async *#incoming(): AsyncGenerator<Buffer> {
    let isFirst = this.#target.scheme === 'tcp';
    // The socket outlives the loop, so that pending lines are not cut off.
    for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
      if (isFirst && TLS_ALERT.equals((chunk as Buffer).subarray(0, TLS_ALERT.length))) {
        throw tlsExpected(this.#target);
      }
      isFirst = false;
      yield chunk as Buffer;
    }
  }

  send(lines: readonly Buffer[]): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.write(Buffer.concat(lines), (error) => {
        // Node reports success for data that a destroyed socket has not sent.
        if (!error && !this.#socket.destroyed) resolve();
        else reject(error ?? new Error('the connection closed while sending'));
      }),
    );
  }

  end(): void {
    this.#hasEnded = true;
    this.#socket.end();
  }
}
