import {
  checkFunction,
  checkRange,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { InvalidOptionError } from '../../core/errors.js';
import { checkData } from './checkData.js';
import { startDeadline } from '../startDeadline.js';
import { HeartbeatTimeoutError } from './errors.js';
import { createSigns } from './signs.js';
import type { SocketOwner } from './socketOwner.js';
import {
  OPEN,
  type WebSocketBinaryType,
  type WebSocketData,
  type WebSocketMessage,
} from './socketLike.js';
import { warnOnce } from './warnOnce.js';

/** How a silent server is noticed. */
export interface HeartbeatOptions<TBinary extends WebSocketBinaryType = 'uint8array'> {
  /** From the last answer to the next heartbeat, in milliseconds. Default 30 000; bounds 1 to 2 147 483 647. */
  readonly intervalMs?: number;
  /**
   * From a heartbeat to the first sign of life, in milliseconds; any message is one, and so are bytes that move, where
   * the class lets them be seen. Default 10 000; bounds 1 to 2 147 483 647.
   */
  readonly timeoutMs?: number;
  /** The same after a `probe`, in milliseconds. Default 3000; bounds 1 to 2 147 483 647. */
  readonly probeTimeoutMs?: number;
  /** What to send; without it the protocol's own ping, which only `ws` can send. */
  readonly message?: WebSocketData | (() => WebSocketData);
  /** Knows the server's answers, so that `run` does not get them. */
  readonly isPong?: (message: WebSocketMessage<TBinary>) => boolean;
}

/** The options' defaults; each stands here only. */
const defaults = { intervalMs: 30_000, timeoutMs: 10_000, probeTimeoutMs: 3000 };

/** The options with their defaults, and what the sessions of a link share. */
export type HeartbeatSettings = Resolved<HeartbeatOptions<WebSocketBinaryType>, typeof defaults> & {
  /** Whether a heartbeat without an answer may end a session: one that nobody asked for waits for the first pong. */
  canJudge: boolean;
};

const checkMessage = (message: unknown) => checkData('heartbeat.message', message);

const NO_PONG =
  'a WebSocket server answers no ping: give a `heartbeat` with a `message`, or `silenceMs`';

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveHeartbeat(
  options: HeartbeatOptions<never> | false | undefined,
  { prototype }: Function,
): HeartbeatSettings | undefined {
  const { ping, on } = (prototype ?? {}) as { ping?: unknown; on?: unknown };
  const canPing = typeof ping === 'function' && typeof on === 'function';
  if (options === false || (options === undefined && !canPing)) return undefined;
  const settings = resolveOptions(
    (options === undefined ? {} : options) as HeartbeatOptions<WebSocketBinaryType>,
    defaults,
    ['message', 'isPong'],
    'heartbeat.',
  );
  const { message, isPong } = settings;
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    checkRange(`heartbeat.${name}`, settings[name], 1, MAX_TIMER_MS);
  }
  if (isPong !== undefined) checkFunction('heartbeat.isPong', isPong);
  if (message !== undefined && typeof message !== 'function') checkMessage(message);
  if (message === undefined && !canPing) {
    const expected = 'given, or `silenceMs` in place of a heartbeat: this WebSocket hears no pong';
    throw new InvalidOptionError('heartbeat.message', expected, message);
  }
  return { ...settings, canJudge: options !== undefined };
}

/**
 * Sends a heartbeat `intervalMs` after the last was answered; ends the session when nothing at all comes
 * in for `timeoutMs`. A pause because the reader is behind is silence too: nobody knows what lies behind it.
 *
 * @returns how to send one now, with a deadline of its own; resolves at a sign of life, or when the session has ended
 */
export function startHeartbeat(
  owner: SocketOwner,
  settings: HeartbeatSettings,
  clock: Clock,
): () => Promise<unknown> {
  const { socket } = owner;
  const { intervalMs, timeoutMs, probeTimeoutMs, message, isPong } = settings;
  const signs = createSigns(owner);
  let seen = 0;
  let waitsMs = 0;
  let cancel: () => void;
  let answer = () => {};
  let probing: Promise<unknown> | undefined;

  const rest = () => {
    waitsMs = 0;
    probing = undefined;
    answer();
    cancel = startDeadline(clock, intervalMs, () => beat(timeoutMs));
  };
  const beat = (ms: number) => {
    // A close is under way, and needs no more than its deadline.
    if (socket.readyState !== OPEN) return owner.expire();
    waitsMs = ms;
    seen = signs();
    wait();
    endOnThrow(() =>
      owner.send(() => {
        if (message === undefined) socket.ping?.();
        else socket.send(typeof message === 'function' ? checkMessage(message()) : message);
      }),
    );
  };
  const wait = () => {
    cancel = startDeadline(clock, waitsMs, judge);
  };
  const judge = () => {
    if (seen === signs()) {
      const option = probing && 'probeTimeoutMs';
      const error = new HeartbeatTimeoutError(waitsMs, owner.isPaused, option);
      if (settings.canJudge) return owner.endSilent(error);
      warnOnce('SCHMOOZER_NO_PONG', NO_PONG);
    }
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

  owner.onSign = (isPongFrame) => {
    settings.canJudge ||= isPongFrame;
    if (waitsMs === 0) return;
    cancel();
    rest();
  };
  if (isPong) owner.intercept = (received) => endOnThrow(() => isPong(received)) === true;
  // An answer may have come during the pause, and is read only now.
  owner.onResume = () => {
    if (waitsMs === 0) return;
    cancel();
    wait();
  };
  rest();
  owner.whenEnded(() => {
    waitsMs = 0;
    cancel();
  });
  return () => {
    // Behind a pause no answer can be seen; the next heartbeat has more patience.
    if (probing === undefined && !owner.isPaused) {
      const answered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      probing = Promise.race([answered, owner.ended]);
      cancel();
      beat(probeTimeoutMs);
    }
    return Promise.resolve(probing);
  };
}
