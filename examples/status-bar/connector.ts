import { Break, type Connector, Continue, fatal } from 'schmoozer';
import type { Mistake } from './mistakes.js';

/** The part of a WebSocket that is used here: those of browsers and `ws` and the fake in `fakeServer.ts` have it. */
export interface Socket {
  readonly readyState: number;
  close(code?: number): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'error', listener: (event: { message: string }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
}

const CLOSED = 3;
const NORMAL = 1000;
const SERVICE_RESTART = 1012;
const TOKEN_REVOKED = 4401;

/** Keeps a WebSocket open until the server says goodbye with code 1000, or revokes the token. */
export function statusConnector(
  open: () => Socket,
  mistake?: Mistake,
): Connector<Socket, 'goodbye'> {
  return {
    connect: ({ signal }) =>
      new Promise((resolve, reject) => {
        const socket = open();
        const refuse = (error: Error) => {
          const isFinal = / 401\b/.test(error.message) && mistake !== 'retries 401';
          reject(isFinal ? fatal(error) : error);
        };
        socket.addEventListener('open', () => resolve(socket));
        socket.addEventListener('error', ({ message }) => refuse(new Error(message)));
        signal.addEventListener('abort', () => {
          socket.close();
          if (mistake !== 'keeps an attempt') reject(signal.reason);
        });
      }),

    run: (socket, { signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => {
          if (mistake !== 'ignores the signal') reject(signal.reason);
        });
        socket.addEventListener('close', ({ code }) => {
          if (code === NORMAL && mistake !== 'ignores Break') resolve(Break('goodbye'));
          else if (code === NORMAL || code === SERVICE_RESTART) resolve(Continue());
          else if (code === TOKEN_REVOKED) reject(fatal(new Error('token revoked')));
          else reject(new Error(`connection lost, code ${code}`));
        });
      }),

    disconnect(socket) {
      if (mistake === 'forgets to close' || socket.readyState === CLOSED) return undefined;
      return new Promise((resolve) => {
        socket.addEventListener('close', () => resolve());
        socket.close(NORMAL);
      });
    },
  };
}
