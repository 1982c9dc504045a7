import { Continue } from 'schmoozer';
import { createGroup, type Group } from 'schmoozer/group';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';
import { serverSentEvents } from '../server-sent-events.js';

/** The addresses of the three servers. */
export interface Addresses {
  /** `host:port`, with one order per line. */
  readonly orders: string;
  /** `ws:` or `wss:`. */
  readonly prices: string;
  /** `http:` or `https:`, server-sent events. */
  readonly news: string;
}

/** Creates three links; `onMessage` receives their messages. */
export function connectAll(
  addresses: Addresses,
  onMessage: (link: keyof Addresses, text: string) => void,
): Group {
  const [host = '', port = ''] = addresses.orders.split(/:(?=\d+$)/);
  const group = createGroup();
  group.add(
    'orders',
    tcpConnector({
      host,
      port: Number(port),
      async run(socket, { signal }) {
        // The server answers the goodbye by its end, which ends the loop.
        signal.addEventListener('abort', () => socket.end('goodbye\n'));
        for await (const line of lines(socket)) onMessage('orders', line);
        return Continue();
      },
    }),
  );
  group.add(
    'prices',
    webSocketConnector({
      url: addresses.prices,
      WebSocket,
      heartbeat: {},
      async run(session) {
        for await (const message of session) onMessage('prices', String(message));
        return Continue();
      },
    }),
  );
  const onNews = ({ data }: { data: string }) => onMessage('news', data);
  group.add(
    'news',
    serverSentEvents({ url: addresses.news, onSession: () => {}, onMessage: onNews }),
  );
  return group;
}
