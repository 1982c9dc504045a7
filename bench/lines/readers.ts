import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { lines } from 'schmoozer/tcp';

/** Each yields the lines of a socket. */
export const readers: Readonly<Record<string, (socket: Socket) => AsyncIterable<string>>> = {
  readline: (input) => createInterface({ input, crlfDelay: Infinity }),
  schmoozer: (socket) => lines(socket, { maxLineBytes: 2 ** 28 }),
};
