// Follows prices, and places orders below a limit; no order is lost, even if either process is killed:
// tsx examples/market-data.ts ws://localhost:8080 orders.log
import { Continue, run } from 'schmoozer';
import { outbox } from 'schmoozer/outbox';
import { fileStore } from 'schmoozer/outbox-file';
import { webSocketConnector, type WebSocketSession } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

const [url = 'ws://localhost:8080', path = 'orders.log'] = process.argv.slice(2);
const limits: Readonly<Record<string, number>> = { ACME: 100, GLOBEX: 50 };

type Order = { readonly id: string; readonly symbol: string; readonly price: number };
type Heard = { tick: number; symbol: string; price: number } | { ack: string };

const orders = outbox({
  store: fileStore<Order>({ path }),
  key: ({ id }: Order) => id, // identifies an order for the exchange
  ack: 'each',
  send: (session: WebSocketSession, order: Order) => session.send(JSON.stringify({ order })),
});

let isStopping = false;
const exchange = webSocketConnector({
  url,
  WebSocket,
  handshake: (session) => session.send(JSON.stringify({ subscribe: Object.keys(limits) })),
  run: orders.serve(async (session) => {
    for await (const message of session) {
      const heard = JSON.parse(String(message)) as Heard;
      if ('ack' in heard) {
        orders.ack(heard.ack);
        console.log('done', heard.ack);
        continue;
      }
      const { tick, symbol, price } = heard;
      if (isStopping || price >= (limits[symbol] ?? 0)) continue;
      const { status, key } = await orders.add({ id: `${symbol}-${tick}`, symbol, price });
      console.log(status, key);
    }
    return Continue(); // the exchange ended the session: connect again
  }),
});

await orders.ready();
console.log('held', orders.stats().items);
const stop = new AbortController();
async function shutDown() {
  isStopping = true; // no more orders: the box could not drain
  // Up to 5 s for acknowledgements; the remaining orders stay in the file.
  await orders.drained({ signal: AbortSignal.timeout(5000) }).catch(() => {});
  stop.abort('SIGTERM');
}
process.once('SIGTERM', () => void shutDown());
console.log(await run(exchange, { signal: stop.signal }));
await orders.close();
