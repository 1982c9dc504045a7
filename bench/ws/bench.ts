import type { Bench } from '../bench.js';

export const ws: Bench = {
  name: 'ws',
  title: 'A WebSocket server is killed and restarted',
  method: `The server's process is killed, and another is started on the same port half a second later. All clients are configured to
wait 200 ms between attempts, without jitter and without growth, and use the class of the package \`ws\`. The table shows the time
from the moment the new server listens until the client is back, and the number of attempts until then. Differences of up to
200 ms are random: they depend on when in its wait of 200 ms a client meets the new server. "Server was down for" includes the time to
start the new server.`,
  variants: [
    {
      name: 'fixedDelay',
      label: 'hand-written, fixed delay',
      note: 'as amqp-connection-manager does it; no deadline, no stop',
    },
    { name: 'partysocket', label: 'partysocket' },
    { name: 'reconnecting-websocket', label: 'reconnecting-websocket' },
    {
      name: 'socket.io-client',
      label: 'socket.io-client',
      note: 'its own protocol and server, over WebSocket only',
    },
    { name: 'schmoozer', label: '**schmoozer/websocket**' },
  ],
  columns: [
    { metric: 'backMs', label: 'back after, ms', digits: 0 },
    { metric: 'attempts', label: 'attempts', digits: 0 },
    { metric: 'downMs', label: 'server was down for, ms', digits: 0 },
  ],
  targets: [],
  notes: 'note',
  rounds: 5,
  size: { delayMs: 200, downMs: 500 },
  tiny: { delayMs: 20, downMs: 10 },
  packages: ['ws', 'partysocket', 'reconnecting-websocket', 'socket.io-client', 'socket.io'],
};
