// Why: packages/cli/decisions/0021-asking-for-tls.md
import { connect } from 'node:tls';
import { fatal } from 'schmoozer';
import { tlsExpected } from './commandError.js';
import type { HostAndPort, Target } from './parseTarget.js';

/** How long a server may take for its answer to our hello. */
const DEADLINE_MS = 2000;
/** How many times a server must hang up before it is asked, unless it was the last time. */
const TIMES = 3;

/**
 * Finds out a TLS server behind a scheme without TLS. Many hang up on plain text without a word, and so do
 * servers that have nothing to say: who does it again and again is asked for TLS, once, on a connection
 * of its own.
 */
export class TlsGuard {
  readonly #target: Target;
  #timesLeft = TIMES;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The server has said something in plain: it is not asked any more. */
  trust(): void {
    this.#timesLeft = 0;
  }

  /**
   * The server has hung up without a word.
   *
   * @param isLast whether the command would end now
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
    // Nothing is sent over it: whose certificate it is does not matter.
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
