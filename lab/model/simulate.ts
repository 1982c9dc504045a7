// Why: bench/decisions/0100-the-lab-runs-the-benches-storm.md
import { beginActorStorm } from '../../bench/storm/actorStorm.js';
import { FormulaStorm } from '../../bench/storm/formulaStorm.js';
import { type Schedule, schedules, schedulesOfClients } from '../../bench/storm/schedules.js';
import type { Fleet, Storm } from '../../bench/storm/storm.js';
import { type Weather, weatherOf } from '../../bench/storm/weather.js';
import { statePaths } from '../../src/machine/vocabulary.js';
import { FRAME_MS, LIMIT_MS } from './frames.js';
import type { Settings } from './settings.js';

/** What there is to see at one moment. */
export interface Frame {
  /** Attempts that came to the server within the tenth of a second before. */
  readonly attempts: number;
  /** So many of them it took. */
  readonly accepted: number;
  /** How many clients are in each state, in the order of `statePaths`. */
  readonly states: readonly number[];
}

/** A storm of the lab; `frames` runs it. */
export interface Simulation {
  readonly storm: Storm;
  readonly figures: Weather;
  /** From the beginning, one for each tenth of a second, until all are back; the first is of the moment 0. */
  frames(): AsyncGenerator<Frame, void>;
}

export async function simulate(settings: Settings): Promise<Simulation> {
  const fleet = fleetOf(settings);
  const storm = settings.are === 'actors' ? await beginActorStorm(fleet) : new FormulaStorm(fleet);
  return {
    storm,
    get figures() {
      return weatherOf(storm.server, storm.lastBackMs);
    },
    async *frames() {
      yield { attempts: 0, accepted: 0, states: countsOf(storm) };
      for (let tenth = 0; !storm.isOver && tenth < LIMIT_MS / FRAME_MS; tenth++) {
        await storm.advance(FRAME_MS);
        const { attempts, accepted } = storm.server.tenths;
        yield {
          attempts: attempts[tenth] ?? 0,
          accepted: accepted[tenth] ?? 0,
          states: countsOf(storm),
        };
      }
    },
  };
}

/** The storm of the benchmarks that a setting stands for. */
export function fleetOf(settings: Settings): Fleet {
  const { clients, seed, boot: isBoot, limiter, processes, budget, capacity, burst } = settings;
  const { are, backoff, collapse, outage, outageAt } = settings;
  const hasLimiter = limiter && are === 'actors';
  return {
    clients,
    seed,
    isBoot,
    isCounted: true,
    capacity: { perSecond: capacity, burst },
    surplusCost: collapse / 100,
    ...(isBoot && outage === 0
      ? {}
      : { outage: { startMs: outageAt * 1000, lengthMs: outage * 1000 } }),
    ...(hasLimiter && { processes, hasBudget: budget }),
    // Our actors have it by default.
    ...(backoff !== 'schmoozer' && { scheduleOf: scheduleOf(backoff) }),
  };
}

function scheduleOf(name: string): (random: () => number) => Schedule {
  return schedulesOfClients[name] ?? (() => schedules[name] as Schedule);
}

function countsOf(storm: Storm): number[] {
  const counts = storm.count();
  return statePaths.map((path) => counts.get(path) ?? 0);
}
