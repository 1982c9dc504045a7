import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { closedBy, closedError } from './closedError.js';

const CONNECTION_CLOSE = 0x000a0032;

/**
 * Reads what the broker sends while a connection is opened. When the broker answers `connection.open` by a close (an
 * unknown virtual host, a limit of connections), the client's error has neither code nor text, and the client does not
 * expose its socket: so the socket is intercepted when it is created.
 */
export class Handshake {
  #socket: Socket | undefined;
  #bytes = Buffer.alloc(0);

  /** Calls the client's `connect`, which creates its socket before it returns. */
  async watch<T>(connect: () => Promise<T>): Promise<T> {
    const own = { net: net.connect, tls: tls.connect };
    const catching = <TConnect>(make: TConnect) =>
      ((...args: unknown[]) =>
        this.#listen((make as (...args: unknown[]) => Socket)(...args))) as TConnect;
    let connecting: Promise<T>;
    try {
      net.connect = catching(own.net);
      tls.connect = catching(own.tls);
      connecting = connect();
    } finally {
      net.connect = own.net;
      tls.connect = own.tls;
    }
    try {
      return await connecting;
    } finally {
      Reflect.deleteProperty(this.#socket ?? {}, 'read');
    }
  }

  /** Destroys the socket. */
  destroy(): void {
    this.#socket?.destroy();
  }

  /** The meaning of the client's error. */
  errorOf(error: unknown): unknown {
    const close = closeIn(this.#bytes);
    return close ? closedBy(...close, error) : closedError(error);
  }

  /**
   * Intercepts the data of a socket. A listener for `data` would take bytes from the client, which reads the socket
   * itself.
   */
  #listen(socket: Socket): Socket {
    this.#socket = socket;
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      const chunk: unknown = read(size);
      if (chunk instanceof Buffer) this.#bytes = Buffer.concat([this.#bytes, chunk]);
      return chunk;
    };
    return socket;
  }
}

/** The code and the text of a `connection.close` among frames: type, channel, size, payload, end. */
function closeIn(bytes: Buffer): [code: number, text: string] | undefined {
  for (let at = 0; at + 7 < bytes.length; at += 8 + bytes.readUInt32BE(at + 3)) {
    const payload = bytes.subarray(at + 7, at + 7 + bytes.readUInt32BE(at + 3));
    const isClose =
      bytes[at] === 1 && payload.length > 6 && payload.readUInt32BE(0) === CONNECTION_CLOSE;
    if (isClose) {
      const length = payload[6] as number;
      return [payload.readUInt16BE(4), payload.toString('utf8', 7, 7 + length)];
    }
  }
  return undefined;
}
