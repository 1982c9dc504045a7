import { Continue } from 'schmoozer';
import { connectBudget } from 'schmoozer/budget';
import { createReconnectActor } from 'schmoozer/compiled';
import { connectLimiter } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { BOOT_WITHIN_MS, CUT_WITHIN_MS } from './cut.js';
import { modelBudget } from './modelBudget.js';
import { randomFrom } from './randomFrom.js';
import { BACK_AT_MS, type Capacity, stormServer } from './stormServer.js';
import { type Weather, weatherOf } from './weather.js';

export interface Fleet {
  readonly clients: number;
  readonly seed: number;
  /** Among so many processes, each with a limiter of its own; undefined for no limiter. */
  readonly processes?: number;
  /** They start beside a server that is up, instead of losing one. */
  readonly isBoot?: boolean;
  /** What the server takes. Default `SERVER`. */
  readonly capacity?: Capacity;
  /** The processes share a budget of what the server takes. */
  readonly hasBudget?: boolean;
}

/** Real actors with their defaults, on a clock that needs no time: all connected, long stable, then cut; or at boot. */
export async function actorStorm(fleet: Fleet): Promise<Weather> {
  const { clients, seed, processes, isBoot = false, capacity, hasBudget = false } = fleet;
  const random = randomFrom(seed);
  const clock = virtualClock();
  const { now } = clock;
  const server = stormServer(isBoot ? 0 : BACK_AT_MS, capacity);
  let startMs = 0;
  let isCalm = !isBoot;
  const back = { count: 0, lastMs: 0 };
  const cuts: (() => void)[] = [];

  const connect = async () => {
    if (isCalm) return {};
    const { isAccepted, afterMs } = server.attempt(now() - startMs);
    if (isAccepted) {
      back.count += 1;
      back.lastMs = now() - startMs;
      return {};
    }
    if (afterMs > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, afterMs));
    throw new Error('refused');
  };
  const run = () =>
    isCalm
      ? new Promise<ReturnType<typeof Continue>>((resolve) => {
          cuts.push(() => resolve(Continue()));
        })
      : new Promise<never>(() => {});

  const store = hasBudget ? modelBudget(clock) : undefined;
  const limiters = Array.from({ length: processes ?? 0 }, () =>
    connectLimiter({
      clock,
      now,
      ...(store && { budget: connectBudget(store, { clock, now }) }),
    }),
  );
  const isUp = new Set<number>();
  for (let i = 0; i < clients; i++) {
    const limiter = limiters[i % limiters.length];
    const actor = createReconnectActor(
      // As each link has it, for those who measure; one of its own, as a URL that is parsed.
      { connect, run, peer: { address: 'feed.example', port: 443, protocol: 'websocket' } },
      { clock, now, random, ...(limiter && { limiter }) },
    );
    actor.on('connection.stable', () => isUp.add(i));
    if (isBoot) clock.setTimeout(() => actor.start(), random() * BOOT_WITHIN_MS);
    else actor.start();
  }
  if (isCalm) {
    while (isUp.size < clients && (await clock.next()));
    // Long enough for a limiter to have forgotten how fast they came.
    await clock.advance(60_000);
    startMs = now();
    isCalm = false;
    for (const cut of cuts) clock.setTimeout(cut, random() * CUT_WITHIN_MS);
  }
  while (back.count < clients && (await clock.next()));
  if (back.count < clients) throw new Error(`${clients - back.count} clients have given up`);
  return weatherOf(server, back.lastMs);
}
