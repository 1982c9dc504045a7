import type { Connector } from '../../core/connector.js';
import { delayed } from './delayed.js';
import { startHeartbeat } from './heartbeat.js';
import { isRetryableWebSocketError } from './isRetryable.js';
import { openSocket, shakeHands } from './openSocket.js';
import { checkOptions, type WebSocketConnectorOptions } from './options.js';
import { Sender } from './sender.js';
import { OwnedSession, type WebSocketSession } from './session.js';
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
  const ownerOptions = { closeTimeoutMs, maxQueuedBytes, clock };
  return {
    async connect(attempt) {
      try {
        const target = await resolveTarget(options, attempt);
        const owner = await openSocket(WebSocket, target, ownerOptions, attempt);
        const session = new OwnedSession(owner, new Sender(owner, highWaterMark, clock));
        if (handshake) {
          await shakeHands(handshake, owner, session, attempt).catch(async (error: unknown) => {
            await session.release(closeCode);
            throw error;
          });
        }
        if (heartbeat) startHeartbeat(owner, heartbeat, clock);
        return session;
      } catch (error) {
        throw late(error);
      }
    },
    async run(session, context) {
      try {
        return await options.run((session as OwnedSession).within(context), context);
      } catch (error) {
        throw late(error);
      }
    },
    isRetryable,
    disconnect: (session) => (session as OwnedSession).release(closeCode),
    ...(retryDelay && { retryDelay }),
  };
}
