import { Continue, createReconnectActor } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import type { Sample } from '../bench.js';
import { CUT_WITHIN_MS } from './cut.js';
import { randomFrom } from './randomFrom.js';
import { stormServer } from './stormServer.js';

/** Real actors with their defaults, on a clock that needs no time: all connected, long stable, then cut. */
export async function actorStorm(clients: number, seed: number): Promise<Sample> {
  const random = randomFrom(seed);
  const clock = virtualClock();
  const server = stormServer();
  let startMs = 0;
  let isCut = false;
  const back = { count: 0, lastMs: 0 };
  const cuts: (() => void)[] = [];

  const connect = async () => {
    if (!isCut) return {};
    const { isAccepted, afterMs } = server.attempt(clock.now() - startMs);
    if (isAccepted) {
      back.count += 1;
      back.lastMs = clock.now() - startMs;
      return {};
    }
    if (afterMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, afterMs));
    throw new Error('refused');
  };
  const run = () =>
    isCut
      ? new Promise<never>(() => {})
      : new Promise<ReturnType<typeof Continue>>((resolve) => {
          cuts.push(() => resolve(Continue()));
        });

  for (let i = 0; i < clients; i++) {
    createReconnectActor({ connect, run }, { clock, now: clock.now, random }).start();
  }
  await clock.drain();
  // Each session has its timer for `stableAfterMs`, and none but these are set.
  for (let i = 0; i < clients; i++) await clock.next();

  startMs = clock.now();
  isCut = true;
  for (const cut of cuts) clock.setTimeout(cut, random() * CUT_WITHIN_MS);
  while (back.count < clients && (await clock.next()));
  if (back.count < clients) throw new Error(`${clients - back.count} clients have given up`);
  return { allBackMs: back.lastMs, peak: server.peak, attempts: server.attempts };
}
