import { connect } from 'node:tls';
import { fatal } from '../errors.js';
import { tlsExpected } from './commandError.js';
import type { Target } from './parseTarget.js';

/** How long a server may take for its answer to our hello. */
const DEADLINE_MS = 2000;

/**
 * A check for servers that hang up without a word, as many a TLS server does when it is spoken to in plain:
 * asks the server for TLS on a connection of its own, once.
 *
 * @returns a function that throws, fatally, when the server speaks TLS and the scheme does not
 */
export function tlsGuard(target: Target): (signal: AbortSignal) => Promise<void> {
  let isDue = target.scheme === 'tcp' || target.scheme === 'ws';
  return async (signal) => {
    if (!isDue || signal.aborted) return;
    isDue = false;
    if (await speaksTls(target, signal)) throw fatal(tlsExpected(target));
  };
}

function speaksTls({ host, port }: Target, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent over it: whose certificate it is does not matter.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: DEADLINE_MS });
    const settle = (answer: boolean) => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(answer);
    };
    const giveUp = () => settle(false);
    socket.on('secureConnect', () => settle(true));
    socket.on('timeout', giveUp);
    socket.on('error', giveUp);
    signal.addEventListener('abort', giveUp);
  });
}
