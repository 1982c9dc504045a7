import { defaultDelayMs } from '../defaultDelayMs.js';

/** A delay in milliseconds from the number of the failure, from 1, and from chance in [0, 1). */
export type Schedule = (attempt: number, random: () => number) => number;

const PHOENIX_MS = [10, 50, 100, 150, 200, 250, 500, 1000, 2000];

const upTo = (maxMs: number, baseMs: number, factor: number, attempt: number) =>
  Math.min(maxMs, baseMs * factor ** (attempt - 1));

/** What others wait by default, written out as formulas. */
export const schedules: Readonly<Record<string, Schedule>> = {
  partysocket: (attempt) => upTo(10_000, 3000, 1.3, attempt),
  phoenix: (attempt) => PHOENIX_MS[attempt - 1] ?? 5000,
  ioredis: (attempt, random) => upTo(5000, 50, 2, attempt) + Math.floor(random() * 200),
  socketIo: (attempt, random) =>
    Math.min(5000, upTo(Infinity, 1000, 2, attempt) * (0.5 + random())),
  nats: (_attempt, random) => 2000 + random() * 100,
  grpc: (attempt, random) => upTo(120_000, 1000, 1.6, attempt) * (0.8 + 0.4 * random()),
  fullJitter: (attempt, random) => random() * upTo(30_000, 1000, 2, attempt),
  fullJitterFloor: (attempt, random) => 100 + random() * (upTo(30_000, 1000, 2, attempt) - 100),
  /** Ours by default, without actors: it has to come out as they do. */
  formula: defaultDelayMs,
};

/** In the sum of the terms that cockatiel's jitter takes from one another. */
const DECORRELATED = 4;

/**
 * The same for those that remember: made for each client. What is not among them is one of `schedules`.
 * `reconnectingWebSocket` throws its first delay once, when it is loaded; `cockatiel` has decorrelated jitter.
 */
export const schedulesOfClients: Readonly<Record<string, (random: () => number) => Schedule>> = {
  reconnectingWebSocket(random) {
    const firstMs = 1000 + random() * 4000;
    return (attempt) => upTo(10_000, firstMs, 1.3, attempt);
  },
  cockatiel() {
    let before = 0;
    return (attempt, random) => {
      if (attempt === 1) before = 0;
      const t = attempt - 1 + random();
      const term = 2 ** t * Math.tanh(Math.sqrt(DECORRELATED * t));
      const delayMs = Math.min(30_000, (Math.max(0, term - before) / 1.4) * 128);
      before = term;
      return delayMs;
    };
  },
  /** Told to go on for ever: by default ten retries. */
  pRetry: () => (attempt) => upTo(Infinity, 1000, 2, attempt),
  mqttJs: () => () => 1000,
};
