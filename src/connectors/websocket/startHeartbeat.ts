import type { Clock } from '../../core/clock.js';
import { startDeadline } from '../startDeadline.js';
import { HeartbeatTimeoutError } from './errors.js';
import { checkMessage, type HeartbeatSettings } from './heartbeat.js';
import { nodeSide } from './nodeSide.js';
import { createSigns } from './signs.js';
import { OPEN } from './socketLike.js';
import type { SocketOwner } from './socketOwner.js';

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
      nodeSide.warn('SCHMOOZER_NO_PONG');
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
