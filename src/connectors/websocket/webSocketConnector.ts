import type { Clock } from '../../core/clock.js';
import type { Connector, ErrorFacts } from '../../core/connector.js';
import { SilenceError } from '../silenceError.js';
import { watchSilence } from '../watchSilence.js';
import { createDelayed } from './delayed.js';
import { openSocket } from './openSocket.js';
import { resolveSettings, type Settings, type WebSocketConnectorOptions } from './options.js';
import { Sender } from './sender.js';
import { OwnedSession, type WebSocketSession } from './session.js';
import type { WebSocketBinaryType } from './socketLike.js';
import { shakeHands } from './shakeHands.js';
import { createSigns } from './signs.js';
import type { SocketOwner } from './socketOwner.js';
import { startHeartbeat } from './startHeartbeat.js';
import { keyOf, peerOf, resolveTarget } from './target.js';

/**
 * A connector for a WebSocket server: you write `run`, which receives an open session.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function webSocketConnector<
  TOutput = void,
  TBinary extends WebSocketBinaryType = 'uint8array',
>(
  options: WebSocketConnectorOptions<TOutput, TBinary>,
): Connector<WebSocketSession<TBinary>, TOutput> {
  return connectorOf(resolveSettings(options));
}

/** Creates the connector from settings that a wrapper may have changed. */
export function connectorOf<TOutput, TBinary extends WebSocketBinaryType>(
  settings: Settings<TOutput, TBinary>,
): Connector<WebSocketSession<TBinary>, TOutput> {
  const { closeCode, highWaterMark, clock, silenceMs, maxAgeMs } = settings;
  const { handshake, retryDelay, isRetryable, random, delayAfterRestart, platform } = settings;
  const limiterKey = keyOf(settings);
  let peer = peerOf(settings);
  const delayed = createDelayed(isRetryable, delayAfterRestart ? random : undefined);
  return {
    async connect(attempt) {
      try {
        const host = platform();
        const target = await resolveTarget(settings, attempt, host.isNodes);
        if (limiterKey === undefined) peer = peerOf(target);
        const owner = await openSocket(host, target, { ...settings, ...host }, attempt);
        const session = new OwnedSession(
          attempt.epoch,
          owner,
          new Sender(owner, highWaterMark, clock),
        );
        if (handshake) {
          await shakeHands(handshake as never, owner, session, attempt).catch(
            async (error: unknown) => {
              // The error of the handshake says more than the data that could not be sent.
              await session.release(closeCode)?.catch(() => {});
              throw error;
            },
          );
        }
        const { heartbeat } = host;
        if (heartbeat) owner.probe = startHeartbeat(owner, heartbeat, clock);
        if (silenceMs) owner.whenEnded(watchOwner(owner, silenceMs, clock));
        return session as WebSocketSession<TBinary>;
      } catch (error) {
        const { attempt: failed, epoch } = attempt;
        // A context does not contain whether there was a good session; an earlier session is the closest known fact.
        throw delayed(error, {
          phase: 'connect',
          attempt: failed,
          epoch: epoch - 1,
          hasBeenStable: epoch > 1,
        });
      }
    },
    async run(session, context) {
      try {
        const flow = await settings.run(
          (session as unknown as OwnedSession).within(context) as typeof session,
          context,
        );
        // A completed session must have sent everything; plain JavaScript may return anything.
        if ((flow as typeof flow | undefined)?.type === 'Break') {
          await (session as unknown as OwnedSession).finish();
        }
        return flow;
      } catch (error) {
        throw delayed(error, runFacts(context.epoch));
      }
    },
    closed(session) {
      const owned = session as unknown as OwnedSession;
      const ended = owned.ended((error) => delayed(error, runFacts(owned.epoch)));
      if (maxAgeMs === undefined) return ended;
      return Promise.race([ended, owned.aged({ ...settings, maxAgeMs })]);
    },
    probe: (session) => (session as unknown as OwnedSession).probe(),
    isRetryable,
    disconnect: (session) => (session as unknown as OwnedSession).release(closeCode),
    peer: () => peer,
    ...(retryDelay && { retryDelay }),
    ...(limiterKey && { limiterKey }),
  };
}

function watchOwner(owner: SocketOwner, silenceMs: number, clock: Clock): () => void {
  const onSilence = () => owner.endSilent(new SilenceError(silenceMs, owner.isPaused));
  return watchSilence({ clock, silenceMs, signs: createSigns(owner), onSilence });
}

/** Facts about a session that has ended, beside its error. */
function runFacts(epoch: number): ErrorFacts {
  return { phase: 'run', attempt: 0, epoch, hasBeenStable: epoch > 1 };
}
