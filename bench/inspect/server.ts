import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A server in a process of its own that reads everything and keeps nothing; says where it listens. */
const http = createServer();
const server = new WebSocketServer({ server: http });
server.on('connection', (client) => client.on('message', () => {}));
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
