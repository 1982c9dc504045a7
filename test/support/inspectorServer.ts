import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

/** One frame of the wire format, as far as tests look at it. */
export interface Frame {
  readonly type: string;
  readonly name?: string;
  readonly sessionId: string;
  readonly rootId?: string;
  readonly parentId?: string;
  readonly sourceId?: string;
  readonly createdAt: string;
  readonly _version?: string;
  readonly definition?: string;
  readonly count?: number;
  readonly event?: { readonly type: string; readonly [field: string]: unknown };
  readonly _transitions?: readonly {
    readonly eventType: string | null;
    readonly source: string;
    readonly target: readonly string[];
    readonly guard?: string;
  }[];
  readonly _after?: readonly {
    readonly eventType: string;
    readonly delayMs: number;
    readonly startedAt: number;
  }[];
  readonly snapshot?: {
    readonly status?: string;
    readonly value?: unknown;
    readonly [field: string]: unknown;
  };
}

export interface InspectorServer {
  readonly port: number;
  readonly url: string;
  /** For an inspector that waits until a busy server has read all of it. */
  readonly options: { url: string; WebSocket: typeof WebSocket; gracePeriodMs: number };
  /** All text that has come in, on any connection. */
  readonly texts: readonly string[];
  readonly frames: readonly Frame[];
  readonly clients: ReadonlySet<WebSocket>;
  /** Resolves to the frames when they are as wanted; 20 s. */
  until(isEnough: (frames: readonly Frame[]) => boolean): Promise<readonly Frame[]>;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** A server on loopback that keeps what it is sent; `port` 0 takes a free one. */
export async function inspectorServer(port = 0): Promise<InspectorServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  await once(server, 'listening');
  const texts: string[] = [];
  const frames: Frame[] = [];
  server.on('connection', (client) => {
    client.on('message', (data) => {
      const text = (data as Buffer).toString();
      texts.push(text);
      frames.push(JSON.parse(text) as Frame);
    });
  });
  const close = () =>
    new Promise<void>((resolve) => {
      for (const client of server.clients) client.terminate();
      server.close(() => resolve());
    });
  onTestFinished(close);
  const bound = (server.address() as AddressInfo).port;
  const url = `ws://127.0.0.1:${bound}`;
  return {
    port: bound,
    url,
    options: { url, WebSocket, gracePeriodMs: 20_000 },
    texts,
    frames,
    clients: server.clients,
    close,
    until: (isEnough) =>
      vi.waitFor(
        () => {
          if (!isEnough(frames)) throw new Error(`not enough in ${frames.length} frames`);
          return frames;
        },
        { timeout: 20_000, interval: 5 },
      ),
  };
}
