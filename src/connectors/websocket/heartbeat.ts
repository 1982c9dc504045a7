import {
  checkFunction,
  checkRange,
  MAX_TIMER_MS,
  type Resolved,
  resolveOptions,
} from '../../core/check.js';
import { InvalidOptionError } from '../../core/errors.js';
import { checkData } from './checkData.js';
import { nodeSide } from './nodeSide.js';
import type {
  WebSocketBinaryType,
  WebSocketClass,
  WebSocketData,
  WebSocketMessage,
} from './socketLike.js';

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
  /** Knows the server's answers, so that `run` does not get them. Default none: `run` gets every message. */
  readonly isPong?: (message: WebSocketMessage<TBinary>) => boolean;
}

/** The options' defaults; each stands here only. */
const defaults = { intervalMs: 30_000, timeoutMs: 10_000, probeTimeoutMs: 3000 };

/** The options with their defaults, and what the sessions of a link share. */
export type HeartbeatSettings = Resolved<HeartbeatOptions<WebSocketBinaryType>, typeof defaults> & {
  /** Whether a heartbeat without an answer may end a session: one that nobody asked for waits for the first pong. */
  canJudge: boolean;
};

/** @throws InvalidOptionError for what cannot be sent */
export function checkMessage(message: unknown): WebSocketData {
  return checkData('heartbeat.message', message);
}

/** @throws InvalidOptionError that names the option, what was expected and what came */
export function resolveHeartbeat(
  options: HeartbeatOptions<never> | false | undefined,
  WebSocket: WebSocketClass,
): HeartbeatSettings | undefined {
  const canPing = nodeSide.canPing(WebSocket);
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
