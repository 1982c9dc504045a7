import { connect } from 'node:tls';

const DEADLINE_MS = 2000;

/** Whether a server answers a TLS handshake; `false` when it says nothing in two seconds. */
export function speaksTls(
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent over it: whose certificate it is does not matter.
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: DEADLINE_MS });
    const settle = (answer: boolean) => {
      signal.removeEventListener('abort', giveUp);
      resolve(answer);
      socket.destroy();
    };
    const giveUp = () => settle(false);
    socket.on('secureConnect', () => settle(true));
    socket.on('timeout', giveUp);
    socket.on('error', giveUp);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
  });
}
