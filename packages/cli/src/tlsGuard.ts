// Why: packages/cli/decisions/0021-asking-for-tls.md
import { connect } from 'node:tls';
import { fatal } from 'schmoozer/compiled';
import { tlsExpected } from './commandError.js';
import type { HostAndPort, Target } from './parseTarget.js';

/** How long a server may take to answer the TLS hello, in milliseconds. */
const DEADLINE_MS = 2000;
/** Number of hang-ups before the server is checked, unless it was the last session. */
const TIMES = 3;

/**
 * Detects a TLS server behind a scheme without TLS. Many TLS servers close the connection on plain text without an
 * answer, and so do servers that have nothing to say. A server that does this repeatedly is checked for TLS once, on a
 * separate connection.
 */
export class TlsGuard {
  readonly #target: Target;
  #timesLeft = TIMES;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The server has sent plain data: it need not be checked any more. */
  trust(): void {
    this.#timesLeft = 0;
  }

  /**
   * The server has closed the connection without an answer.
   *
   * @param isLast true if the command would end now
   * @throws a fatal CommandError when it speaks TLS
   */
  async check(signal: AbortSignal, isLast: boolean): Promise<void> {
    if (this.#timesLeft === 0 || signal.aborted) return;
    this.#timesLeft = isLast ? 0 : this.#timesLeft - 1;
    if (this.#timesLeft > 0) return;
    if (await speaksTls(this.#target, signal)) throw fatal(tlsExpected(this.#target));
  }
}

function speaksTls({ address }: Target, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent over it, so its certificate does not matter.
    const socket = connect({
      ...(address as HostAndPort),
      rejectUnauthorized: false,
      timeout: DEADLINE_MS,
    });
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
