import { createServer } from 'node:net';
import { reportPort } from '../reportPort.js';

// Greets with one byte and hangs up.
await reportPort(
  createServer((socket) => {
    socket.on('error', () => {});
    socket.end('x');
  }),
);
