import { Heap } from './heap.js';
import { CUT_WITHIN_MS } from './cut.js';
import { randomFrom } from './randomFrom.js';
import type { Schedule } from './schedules.js';
import { stormServer } from './stormServer.js';
import { type Weather, weatherOf } from './weather.js';

/** Clients that are nothing but their schedule. */
export function formulaStorm(schedule: Schedule, clients: number, seed: number): Weather {
  const random = randomFrom(seed);
  const server = stormServer();
  const tries = new Heap<{ readonly dueMs: number; readonly failures: number }>();
  for (let i = 0; i < clients; i++) {
    const cutAtMs = random() * CUT_WITHIN_MS;
    tries.push({ dueMs: cutAtMs + schedule(1, random), failures: 1 });
  }
  let allBackMs = 0;
  for (let next = tries.pop(); next; next = tries.pop()) {
    const { dueMs, failures } = next;
    const { isAccepted, afterMs } = server.attempt(dueMs);
    if (isAccepted) allBackMs = dueMs;
    else {
      const delayMs = afterMs + schedule(failures + 1, random);
      tries.push({ dueMs: dueMs + delayMs, failures: failures + 1 });
    }
  }
  return weatherOf(server, allBackMs);
}
