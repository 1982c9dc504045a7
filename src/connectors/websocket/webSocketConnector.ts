import type { Connector } from '../../connector.js';
import { delayed } from './delayed.js';
import { startHeartbeat } from './heartbeat.js';
import { isRetryableWebSocketError } from './isRetryable.js';
import { openLink } from './openLink.js';
import { checkOptions, type WebSocketConnectorOptions } from './options.js';
import { Sender } from './sender.js';
import { LinkSession, type WebSocketSession } from './session.js';
import { shakeHands } from './shakeHands.js';
import { resolveTarget } from './target.js';

const DEFAULT_CLOSE_TIMEOUT_MS = 1000;
const DEFAULT_MAX_QUEUED_BYTES = 16_777_216;
const DEFAULT_HIGH_WATER_MARK = 1_048_576;
const NORMAL_CLOSURE = 1000;

/**
 * A connector for a WebSocket server: you write `run`, which gets an open session.
 *
 * @throws InvalidOptionError when an option is missing or out of bounds
 */
export function webSocketConnector<TOutput = void>(
  options: WebSocketConnectorOptions<TOutput>,
): Connector<WebSocketSession, TOutput> {
  const WebSocket = checkOptions(options);
  const { closeTimeoutMs = DEFAULT_CLOSE_TIMEOUT_MS, closeCode = NORMAL_CLOSURE } = options;
  const { maxQueuedBytes = DEFAULT_MAX_QUEUED_BYTES, clock = globalThis } = options;
  const { highWaterMark = DEFAULT_HIGH_WATER_MARK, handshake, heartbeat, retryDelay } = options;
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  const { isRetryable = isRetryableWebSocketError, random = Math.random } = options;
  const late = (error: unknown) => delayed(error, isRetryable, random);
  const linkOptions = { closeTimeoutMs, maxQueuedBytes, clock };
  return {
    async connect(attempt) {
      try {
        const target = await resolveTarget(options, attempt);
        const link = await openLink(WebSocket, target, linkOptions, attempt.signal);
        const session = new LinkSession(link, new Sender(link, highWaterMark, clock));
        if (handshake) {
          await shakeHands(handshake, link, session, attempt).catch(async (error: unknown) => {
            await session.release(closeCode);
            throw error;
          });
        }
        if (heartbeat) startHeartbeat(link, heartbeat, clock);
        return session;
      } catch (error) {
        throw late(error);
      }
    },
    async run(session, context) {
      try {
        return await options.run((session as LinkSession).within(context), context);
      } catch (error) {
        throw late(error);
      }
    },
    isRetryable,
    disconnect: (session) => (session as LinkSession).release(closeCode),
    ...(retryDelay && { retryDelay }),
  };
}
