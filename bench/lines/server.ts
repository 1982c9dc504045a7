import { createServer } from 'node:net';
import { reportPort } from '../reportPort.js';

// Told how many bytes, in lines of how many: sends them and hangs up.
await reportPort(
  createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (request) => {
      const [bytes = 0, lineBytes = 1] = String(request).split(' ').map(Number);
      const line = `${'x'.repeat(lineBytes - 1)}\n`;
      socket.end(line.repeat(bytes / lineBytes));
    });
  }),
);
