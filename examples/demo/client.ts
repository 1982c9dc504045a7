import { Break, type Connector, Continue } from 'schmoozer';
import { lines, tcpConnector } from 'schmoozer/tcp';
import type { Socket } from 'node:net';

export interface LineClientOptions {
  readonly host: string;
  readonly port: number;
  /** Silence after which the server counts as lost, in milliseconds; 0 for never. */
  readonly silenceMs: number;
  readonly onLine: (line: string) => void;
}

/** Reads lines until the server ends, becomes silent or says goodbye. */
export function lineClient(options: LineClientOptions): Connector<Socket, string> {
  const { host, port, silenceMs, onLine } = options;
  return tcpConnector<string>({
    host,
    port,
    ...(silenceMs > 0 && { silenceMs }),
    async run(socket, { signal }) {
      // A graceful stop: ends this side, and reads on until the server has ended its own.
      signal.addEventListener('abort', () => socket.end(), { once: true });
      for await (const line of lines(socket)) {
        if (line === 'goodbye') return Break(line);
        onLine(line);
      }
      return Continue();
    },
  });
}
