import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Requests over a link, each with a deadline that includes the wait for a connection. */
export function rpcClient(url: string) {
  const pending = new Map<
    number,
    { resolve(value: unknown): void; reject(error: unknown): void }
  >();
  let lastId = 0;
  const connector = webSocketConnector({
    url,
    WebSocket,
    heartbeat: {},
    async run(session) {
      try {
        for await (const message of session) {
          const { id, result, error } = JSON.parse(String(message)) as Answer;
          if (error) pending.get(id)?.reject(new Error(error.message));
          else pending.get(id)?.resolve(result);
        }
        return Continue();
      } finally {
        // It is unknown whether the server has executed it: only the caller knows whether it may be sent again.
        for (const { reject } of pending.values()) reject(new Error('lost before the answer'));
      }
    },
  });
  const link = createReconnectActor(connector);
  async function call(method: string, params: unknown, { timeoutMs = 5000 } = {}) {
    const signal = AbortSignal.timeout(timeoutMs);
    const session = await link.opened({ signal });
    const id = ++lastId;
    const answered = new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      signal.addEventListener('abort', () => reject(signal.reason));
      session.send(JSON.stringify({ jsonrpc: '2.0', id, method, params })).catch(reject);
    });
    return answered.finally(() => pending.delete(id));
  }
  return { link, call };
}
