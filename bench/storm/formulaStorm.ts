import { BOOT_WITHIN_MS, CUT_WITHIN_MS } from './cut.js';
import { defaultDelayMs } from '../defaultDelayMs.js';
import { Heap } from './heap.js';
import { randomFrom } from './randomFrom.js';
import type { Schedule } from './schedules.js';
import { type Fleet, outageOf, planOf, type Storm } from './storm.js';
import { type StormServer, stormServer } from './stormServer.js';
import { type Weather, weatherOf } from './weather.js';

/** Clients that are nothing but their schedule: until all are back. */
export function formulaStorm(schedule: Schedule, clients: number, seed: number): Weather {
  const storm = new FormulaStorm({ clients, seed, scheduleOf: () => schedule });
  while (!storm.isOver && storm.step());
  return weatherOf(storm.server, storm.lastBackMs);
}

/** The next attempt of a client. */
interface Move {
  readonly dueMs: number;
  readonly client: number;
  /** Failed attempts in a row before it. */
  readonly failures: number;
}

/** The storm of the actors for clients without states: limiters and budgets are left out. */
export class FormulaStorm implements Storm {
  readonly server: StormServer;
  lastBackMs = 0;
  readonly #random: () => number;
  readonly #schedules: readonly Schedule[];
  readonly #moves = new Heap<Move>();
  readonly #isBack: boolean[];
  #started: number;
  #backCount: number;
  #nowMs = 0;
  /** When the outage begins that is still to come. */
  #lostAtMs: number | undefined;
  /** When attempts that hang will fail, the earliest first. */
  readonly #failing: number[] = [];
  /** So many of them have. */
  #failed = 0;

  constructor(fleet: Fleet) {
    const { clients, seed, isBoot = false, scheduleOf = () => defaultDelayMs } = fleet;
    const random = randomFrom(seed);
    this.#random = random;
    this.server = stormServer(planOf(fleet));
    this.#schedules = Array.from({ length: clients }, () => scheduleOf(random));
    this.#isBack = Array.from({ length: clients }, () => !isBoot);
    this.#started = isBoot ? 0 : clients;
    this.#backCount = this.#started;
    if (isBoot) {
      for (let client = 0; client < clients; client++) {
        this.#moves.push({ dueMs: random() * BOOT_WITHIN_MS, client, failures: 0 });
      }
    }
    this.#lostAtMs = outageOf(fleet)?.startMs;
    if (this.#lostAtMs === 0) this.#lose(0);
  }

  now(): number {
    return this.#nowMs;
  }

  get isOver(): boolean {
    return this.#lostAtMs === undefined && this.#backCount === this.#schedules.length;
  }

  /** Goes on to what happens next; false if nothing does. */
  step(): boolean {
    const nextMs = this.#nextMs;
    if (nextMs === undefined) return false;
    this.#nowMs = nextMs;
    const move = nextMs === this.#lostAtMs ? undefined : this.#moves.pop();
    if (move === undefined) this.#lose(nextMs);
    else this.#attempt(move);
    return true;
  }

  next(): Promise<boolean> {
    return Promise.resolve(this.step());
  }

  advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (let at = this.#nextMs; at !== undefined && at <= untilMs; at = this.#nextMs) this.step();
    this.#nowMs = untilMs;
    return Promise.resolve();
  }

  count(): ReadonlyMap<string, number> {
    while ((this.#failing[this.#failed] ?? Infinity) <= this.#nowMs) this.#failed += 1;
    const attempting = this.#failing.length - this.#failed;
    return new Map([
      ['waiting.delaying', this.#started - this.#backCount - attempting],
      ['connecting.attempting', attempting],
      ['running.stable', this.#backCount],
    ]);
  }

  get #nextMs(): number | undefined {
    const moveMs = this.#moves.first?.dueMs;
    const lostMs = this.#lostAtMs;
    return moveMs === undefined || (lostMs !== undefined && lostMs <= moveMs) ? lostMs : moveMs;
  }

  #lose(nowMs: number): void {
    this.#lostAtMs = undefined;
    this.#isBack.forEach((isBack, client) => {
      if (!isBack) return;
      this.#isBack[client] = false;
      this.#backCount -= 1;
      const cutAtMs = nowMs + this.#random() * CUT_WITHIN_MS;
      this.#moves.push({ dueMs: cutAtMs + this.#delayMs(client, 1), client, failures: 1 });
    });
  }

  #attempt({ dueMs, client, failures }: Move): void {
    if (failures === 0) this.#started += 1;
    const { isAccepted, afterMs } = this.server.attempt(dueMs);
    if (isAccepted) {
      this.#isBack[client] = true;
      this.#backCount += 1;
      this.lastBackMs = dueMs;
      return;
    }
    if (afterMs > 0) this.#failing.push(dueMs + afterMs);
    const delayMs = afterMs + this.#delayMs(client, failures + 1);
    this.#moves.push({ dueMs: dueMs + delayMs, client, failures: failures + 1 });
  }

  #delayMs(client: number, failures: number): number {
    return (this.#schedules[client] as Schedule)(failures, this.#random);
  }
}
