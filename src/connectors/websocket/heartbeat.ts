import {
  checkFunction,
  checkRange,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { InvalidOptionError } from '../../core/errors.js';
import { HeartbeatTimeoutError } from './errors.js';
import type { SocketOwner } from './socketOwner.js';
import { OPEN, type WebSocketData, type WebSocketMessage } from './socketLike.js';

/** How a silent server is noticed. */
export interface HeartbeatOptions {
  /** From the last answer to the next heartbeat, in milliseconds. Default 30 000; bounds 1 to 2 147 483 647. */
  readonly intervalMs?: number;
  /**
   * From a heartbeat to the first sign of life, in milliseconds; any message is one. Default 10 000; bounds
   * 1 to 2 147 483 647.
   */
  readonly timeoutMs?: number;
  /** What to send; without it the protocol's own ping, which only `ws` can send. */
  readonly message?: WebSocketData | (() => WebSocketData);
  /** Knows the server's answers, so that `run` does not get them. */
  readonly isPong?: (message: WebSocketMessage) => boolean;
}

/** The options' defaults; each stands here only. */
const defaults = { intervalMs: 30_000, timeoutMs: 10_000 };

/** The options with their defaults. */
export type HeartbeatSettings = Resolved<HeartbeatOptions, typeof defaults>;

/** IANA: timeout. */
const CLOSE_CODE = 3008;

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveHeartbeat(
  options: HeartbeatOptions,
  { prototype }: Function,
): HeartbeatSettings {
  const settings = resolveOptions(options, defaults, ['message', 'isPong'], 'heartbeat.');
  const { intervalMs, timeoutMs, message, isPong } = settings;
  checkRange('heartbeat.intervalMs', intervalMs, 1, MAX_TIMER_MS);
  checkRange('heartbeat.timeoutMs', timeoutMs, 1, MAX_TIMER_MS);
  if (isPong !== undefined) checkFunction('heartbeat.isPong', isPong);
  const canPing = typeof (prototype as { ping?: unknown } | undefined)?.ping === 'function';
  if (message === undefined && !canPing) {
    const expected = 'given: this WebSocket has no ping of its own to send';
    throw new InvalidOptionError('heartbeat.message', expected, message);
  }
  return settings;
}

/**
 * Sends a heartbeat `intervalMs` after the last was answered; ends the session when nothing at all comes
 * in for `timeoutMs`. A pause because the reader is behind is silence too: nobody knows what lies behind it.
 */
export function startHeartbeat(
  owner: SocketOwner,
  settings: HeartbeatSettings,
  clock: Clock,
): void {
  const { socket } = owner;
  const { intervalMs, timeoutMs, message, isPong } = settings;
  let isWaiting = false;
  let timer: unknown;

  const rest = () => {
    isWaiting = false;
    timer = clock.setTimeout(probe, intervalMs);
  };
  const probe = () => {
    // A close is under way, and needs no more than its deadline.
    if (socket.readyState !== OPEN) return owner.expire();
    isWaiting = true;
    wait();
    endOnThrow(() => {
      if (message === undefined) socket.ping?.();
      else socket.send(typeof message === 'function' ? message() : message);
    });
  };
  const wait = () => {
    timer = clock.setTimeout(judge, timeoutMs);
  };
  const judge = () => owner.fail(new HeartbeatTimeoutError(timeoutMs, owner.isPaused), CLOSE_CODE);
  const alive = () => {
    if (!isWaiting) return;
    clock.clearTimeout(timer);
    rest();
  };
  // What `message` and `isPong` throw ends the session: a heartbeat that does not beat would go unnoticed.
  const endOnThrow = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      owner.fail(error as Error, 1000);
      return undefined;
    }
  };

  owner.intercept = (received) => {
    alive();
    return isPong !== undefined && endOnThrow(() => isPong(received)) === true;
  };
  // An answer may have come during the pause, and is read only now.
  owner.onResume = () => {
    if (!isWaiting) return;
    clock.clearTimeout(timer);
    wait();
  };
  socket.on?.('ping', alive);
  socket.on?.('pong', alive);
  owner.whenEnded(() => {
    isWaiting = false;
    clock.clearTimeout(timer);
  });
  rest();
}
