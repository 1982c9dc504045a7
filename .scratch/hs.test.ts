import { createReconnectActor, constantBackoff } from 'schmoozer';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';
import { it } from 'vitest';
import { webSocketServer } from '../test/support/webSocketServer.js';
it('x', async () => {
  const { url } = await webSocketServer((socket) => {
    for (let i = 0; i < 20; i++) socket.send(String(i));
    socket.close(1000);
  });
  const connector = webSocketConnector({
    url, WebSocket,
    async handshake(session) { for await (const m of session) { console.log('h', m); if (m === '2') return; } },
    async run(session, { signal }) { signal.addEventListener('abort', () => console.log('abort', signal.reason)); for await (const m of session) console.log('r', m); return { type: 'Break', value: 'done' }; },
  });
  const a = createReconnectActor(connector, { backoff: constantBackoff(10) });
  a.on('*', (e) => console.log(e));
  await new Promise((r) => { a.subscribe({ complete: r }); a.start(); setTimeout(() => a.stop(), 300); setTimeout(r, 400) });
});
