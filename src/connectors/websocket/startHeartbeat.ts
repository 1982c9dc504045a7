import type { Clock } from '../../core/clock.js';
import { startDeadline } from '../startDeadline.js';
import { HeartbeatTimeoutError } from './errors.js';
import { checkMessage, type HeartbeatSettings } from './heartbeat.js';
import { nodeSide } from './nodeSide.js';
import { createSigns } from './signs.js';
import { OPEN } from './socketLike.js';
import type { SocketOwner } from './socketOwner.js';

/**
 * Sends a heartbeat `intervalMs` after the last answer; ends the session when nothing at all arrives for `timeoutMs`. A
 * pause because the reader is behind counts as silence too, because it hides the server's answers.
 *
 * @returns a function that sends a heartbeat at once, with a deadline as its argument; it resolves at a sign of life,
 * or when the session has ended
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
    // A close in progress needs only its deadline.
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
  // Errors of `message` and `isPong` end the session: otherwise a broken heartbeat would go unnoticed.
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
  // An answer may have arrived during the pause, and is read only now.
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
    // A pause hides the answer; the next heartbeat waits longer.
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
