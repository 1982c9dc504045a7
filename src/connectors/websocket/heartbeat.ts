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

/** How a silent server is detected. */
export interface HeartbeatOptions<TBinary extends WebSocketBinaryType = 'uint8array'> {
  /** Time from the last answer to the next heartbeat, in milliseconds. Default: 30 000. Bounds: 1 to 2 147 483 647. */
  readonly intervalMs?: number;
  /**
   * Maximum time from a heartbeat to the first sign of life, in milliseconds. Any message is a sign of life, and so is
   * any sent or received byte that the WebSocket class makes visible. Default: 10 000. Bounds: 1 to 2 147 483 647.
   */
  readonly timeoutMs?: number;
  /**
   * Maximum time from the heartbeat that a `probe` command sends to the first sign of life, in milliseconds.
   * Default: 3000. Bounds: 1 to 2 147 483 647.
   */
  readonly probeTimeoutMs?: number;
  /** The message to send; without it the protocol's own ping is sent, which only `ws` can do. */
  readonly message?: WebSocketData | (() => WebSocketData);
  /**
   * Recognises the server's answers, so that `run` does not receive them. Default: none, so `run` receives every
   * message.
   */
  readonly isPong?: (message: WebSocketMessage<TBinary>) => boolean;
}

/** The options' only list of defaults. */
const defaults = { intervalMs: 30_000, timeoutMs: 10_000, probeTimeoutMs: 3000 };

/** The options with their defaults, and the state that the sessions of a link share. */
export type HeartbeatSettings = Resolved<HeartbeatOptions<WebSocketBinaryType>, typeof defaults> & {
  /** True if a heartbeat without an answer may end a session: the default heartbeat waits for the first pong. */
  canJudge: boolean;
};

/** @throws InvalidOptionError when the message cannot be sent */
export function checkMessage(message: unknown): WebSocketData {
  return checkData('heartbeat.message', message);
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
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
    const expected = 'set, or `silenceMs` in place of a heartbeat: this WebSocket reports no pong';
    throw new InvalidOptionError('heartbeat.message', expected, message);
  }
  return { ...settings, canJudge: options !== undefined };
}
