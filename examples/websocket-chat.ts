// A line-based chat that outlives its server: tsx examples/websocket-chat.ts ws://localhost:8080
import { createInterface } from 'node:readline';
import { Continue, run } from 'schmoozer';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';

const [url = 'ws://localhost:8080'] = process.argv.slice(2);
const input = createInterface({ input: process.stdin });

const chat = webSocketConnector({
  url,
  WebSocket,
  heartbeat: {},
  async run(session, { epoch }) {
    console.log(`session ${epoch}`);
    const say = (line: string) => void session.send(line);
    input.on('line', say);
    try {
      for await (const message of session) console.log(message);
      return Continue(); // the server ended the session: connect again
    } finally {
      input.off('line', say);
    }
  },
});

const stop = new AbortController();
process.once('SIGINT', () => stop.abort('Ctrl-C'));
input.once('close', () => stop.abort('end of input'));
console.log(await run(chat, { signal: stop.signal }));
input.close();
