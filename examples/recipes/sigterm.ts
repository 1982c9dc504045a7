// Sends the lines of stdin. At SIGTERM it waits until all of them are acknowledged, then ends.
// Start it with: tsx examples/recipes/sigterm.ts ws://localhost:8080
import { createInterface } from 'node:readline';
import { Continue } from 'schmoozer';
import { createReconnectActor } from 'schmoozer/compiled';
import { outbox } from 'schmoozer/outbox';
import { webSocketConnector, type WebSocketSession } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

const [url = 'ws://localhost:8080'] = process.argv.slice(2);
const box = outbox({
  ack: 'each',
  send: (session: WebSocketSession, text: string, { key }) =>
    session.send(JSON.stringify({ id: key, text })),
});
const connector = webSocketConnector({
  url,
  WebSocket,
  heartbeat: {},
  run: box.serve(async (session) => {
    for await (const id of session) box.ack(String(id));
    return Continue();
  }),
});
const link = createReconnectActor(connector).start();
const input = createInterface({ input: process.stdin });
input.on('line', (line) => void box.add(line).catch(console.error));

async function shutDown() {
  input.close(); // no more lines are read
  // An orchestrator usually kills after 30 s: 20 s for acknowledgements, even through an outage, and 5 s for the end.
  await box.drained({ signal: AbortSignal.timeout(20_000) }).catch(console.error);
  await link.close('SIGTERM');
  await box.close();
  process.exitCode = box.stats().items === 0 ? 0 : 1;
}
process.once('SIGTERM', () => void shutDown());
