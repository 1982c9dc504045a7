import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { reportPort } from '../reportPort.js';

// A server of WebSockets, or of socket.io, on the port it is given.
const [kind, port] = process.argv.slice(2);
const server = createServer();
if (kind === 'socket.io') new Server().attach(server);
else new WebSocketServer({ server }).on('error', () => {});
await reportPort(server, Number(port));
