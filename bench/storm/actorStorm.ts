import { Continue, type Backoff } from 'schmoozer';
import { connectBudget } from 'schmoozer/budget';
import { createReconnectActor } from 'schmoozer/compiled';
import { connectLimiter } from 'schmoozer/limiter';
import { virtualClock } from 'schmoozer/testing';
import { Census } from './census.js';
import { BOOT_WITHIN_MS, CUT_WITHIN_MS } from './cut.js';
import { modelBudget } from './modelBudget.js';
import { randomFrom } from './randomFrom.js';
import type { Schedule } from './schedules.js';
import { type Fleet, outageOf, planOf, type Storm } from './storm.js';
import { stormServer } from './stormServer.js';
import { type Weather, weatherOf } from './weather.js';

/** Real actors with their defaults, on a clock that needs no time: until all are back. */
export async function actorStorm(fleet: Fleet): Promise<Weather> {
  const storm = await beginActorStorm(fleet);
  while (!storm.isOver && (await storm.next()));
  if (!storm.isOver) throw new Error('some clients have given up');
  return weatherOf(storm.server, storm.lastBackMs);
}

/** All are connected and long stable, then cut; or at boot. */
export async function beginActorStorm(fleet: Fleet): Promise<Storm> {
  const { clients, seed, processes, isBoot = false, hasBudget = false, scheduleOf } = fleet;
  const random = randomFrom(seed);
  const clock = virtualClock();
  const { now } = clock;
  const server = stormServer(planOf(fleet));
  const outage = outageOf(fleet);
  let startMs = 0;
  let isCalm = !isBoot;
  /** The outage is still to come. */
  let isThreatened = outage !== undefined;
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
    isThreatened
      ? new Promise<ReturnType<typeof Continue>>((resolve) => {
          cuts.push(() => {
            back.count -= 1;
            resolve(Continue());
          });
        })
      : new Promise<never>(() => {});

  const store = hasBudget ? modelBudget(clock, fleet.capacity) : undefined;
  const limiters = Array.from({ length: processes ?? 0 }, () =>
    connectLimiter({
      clock,
      now,
      ...(store && { budget: connectBudget(store, { clock, now }) }),
    }),
  );
  const census = fleet.isCounted === true ? new Census() : undefined;
  const isUp = new Set<number>();
  for (let i = 0; i < clients; i++) {
    const limiter = limiters[i % limiters.length];
    const actor = createReconnectActor(
      // As each link has it, for those who measure; one of its own, as a URL that is parsed.
      { connect, run, peer: { address: 'feed.example', port: 443, protocol: 'websocket' } },
      {
        clock,
        now,
        random,
        ...(limiter && { limiter }),
        ...(scheduleOf && { backoff: backoffOf(scheduleOf(random)) }),
      },
    );
    actor.on('connection.stable', () => isUp.add(i));
    census?.watch(actor);
    if (isBoot) clock.setTimeout(() => actor.start(), random() * BOOT_WITHIN_MS);
    else actor.start();
  }

  const lose = () => {
    isThreatened = false;
    for (const cut of cuts) clock.setTimeout(cut, random() * CUT_WITHIN_MS);
  };
  if (isCalm) {
    while (isUp.size < clients && (await clock.next()));
    // Long enough for a limiter to have forgotten how fast they came.
    await clock.advance(60_000);
    back.count = clients;
    startMs = now();
    isCalm = false;
  }
  if (outage && outage.startMs > 0) clock.setTimeout(lose, outage.startMs);
  else if (outage) lose();

  return {
    server,
    now: () => now() - startMs,
    get isOver() {
      return !isThreatened && back.count === clients && now() - startMs >= lastCutMs(outage);
    },
    get lastBackMs() {
      return back.lastMs;
    },
    next: clock.next,
    advance: clock.advance,
    count() {
      if (census === undefined) throw new Error('the links of this fleet are not counted');
      return census.count();
    },
  };
}

const lastCutMs = (outage: ReturnType<typeof outageOf>) =>
  outage === undefined ? 0 : outage.startMs + CUT_WITHIN_MS;

function backoffOf(schedule: Schedule): Backoff {
  return ({ attempt }, random) => Continue(schedule(attempt, random));
}
