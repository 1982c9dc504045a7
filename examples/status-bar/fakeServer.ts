import type { Socket } from './connector.js';

type Listener = (event: never) => void;

/** A server in memory whose answers the test decides; it counts open sockets. */
export class FakeServer {
  readonly #sockets: FakeSocket[] = [];

  /** Replaces `new WebSocket(url)`. */
  readonly open = (): Socket => {
    const socket = new FakeSocket();
    this.#sockets.push(socket);
    return socket;
  };

  /** Sockets that are open or opening. */
  get openSockets(): number {
    return this.#sockets.filter(({ readyState }) => readyState < 3).length;
  }

  accept(): void {
    this.#latest.succeed();
  }

  refuse(status: number): void {
    this.#latest.fail(`Unexpected server response: ${status}`);
  }

  close(code: number): void {
    this.#latest.end(code);
  }

  get #latest(): FakeSocket {
    return this.#sockets.at(-1) as FakeSocket;
  }
}

class FakeSocket implements Socket {
  readyState = 0;
  readonly #listeners: [type: string, listener: Listener][] = [];

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  close(code = 1005): void {
    queueMicrotask(() => this.end(code));
  }

  succeed(): void {
    this.readyState = 1;
    this.#dispatch('open', {});
  }

  fail(message: string): void {
    this.#dispatch('error', { message });
    this.end(1006);
  }

  end(code: number): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#dispatch('close', { code });
  }

  #dispatch(type: string, event: object): void {
    for (const [wanted, listener] of this.#listeners) {
      if (wanted === type) listener(event as never);
    }
  }
}
