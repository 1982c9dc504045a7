import { connectLimiter, type ConnectRequest, type Permit } from 'schmoozer/limiter';
import { defaultDelayMs } from '../defaultDelayMs.js';
import { BOOT_WITHIN_MS, CUT_WITHIN_MS } from './cut.js';
import { Heap } from './heap.js';
import { randomFrom } from './randomFrom.js';
import { type Fleet, planOf } from './storm.js';
import { stormServer } from './stormServer.js';
import { type Weather, weatherOf } from './weather.js';

/** What is due next happens next, and takes no time. */
function heapClock() {
  const timers = new Heap<{ readonly dueMs: number; fire: (() => void) | undefined }>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    setTimeout(fire: () => void, delayMs: number) {
      const timer = { dueMs: nowMs + delayMs, fire: fire as typeof fire | undefined };
      timers.push(timer);
      return timer;
    },
    clearTimeout(timer: { fire: (() => void) | undefined }) {
      timer.fire = undefined;
    },
    next(): boolean {
      const timer = timers.pop();
      if (timer === undefined) return false;
      nowMs = timer.dueMs;
      timer.fire?.();
      return true;
    },
  };
}

/** Clients that are their schedule and a limiter, without actors. */
export function limitedStorm(fleet: Fleet): Weather {
  const { clients, seed, processes = 1, isBoot = false } = fleet;
  const random = randomFrom(seed);
  const clock = heapClock();
  const { now } = clock;
  const server = stormServer(planOf(fleet));
  const back = { count: 0, lastMs: 0 };
  const limiters = Array.from({ length: processes }, () =>
    connectLimiter({ clock: clock as never, now }),
  );

  const begin = (client: number, failures: number) => {
    const limiter = limiters[client % processes] as (typeof limiters)[number];
    const request: ConnectRequest = { key: '', priority: 0, attempt: failures };
    const attempt = (permit: Permit) => {
      const { isAccepted, afterMs } = server.attempt(now());
      if (isAccepted) {
        back.count += 1;
        back.lastMs = now();
        permit.settle('opened');
        return;
      }
      clock.setTimeout(() => {
        permit.settle('failed');
        const delayMs = defaultDelayMs(failures + 1, random);
        clock.setTimeout(() => begin(client, failures + 1), delayMs);
      }, afterMs);
    };
    const permit = limiter.tryAcquire(request);
    if (permit) attempt(permit);
    else limiter.enqueue(request, attempt);
  };
  for (let client = 0; client < clients; client++) {
    const startMs = isBoot
      ? random() * BOOT_WITHIN_MS
      : random() * CUT_WITHIN_MS + defaultDelayMs(1, random);
    clock.setTimeout(() => begin(client, isBoot ? 0 : 1), startMs);
  }
  while (back.count < clients && clock.next());
  return weatherOf(server, back.lastMs);
}
