/** What waits between two attempts. */
export const backoffs = {
  schmoozer: 'schmoozer: full jitter, 2 s × 2, cap 30 s',
  fullJitter: 'full jitter, 1 s × 2, cap 30 s',
  fullJitterFloor: 'full jitter, 1 s × 2, cap 30 s, floor 0.1 s',
  partysocket: 'partysocket: 3 s × 1.3, cap 10 s',
  reconnectingWebSocket: 'reconnecting-websocket: 1 to 5 s × 1.3, cap 10 s',
  cockatiel: 'cockatiel: decorrelated jitter, 128 ms, cap 30 s',
  pRetry: 'p-retry: 1 s × 2, without an end',
  grpc: 'gRPC: 1 s × 1.6, cap 120 s, ± 20 %',
  ioredis: 'ioredis: 50 ms × 2, cap 5 s, plus a random 0 to 199 ms',
  mqttJs: 'MQTT.js: 1 s',
  nats: 'nats.js: 2 s, plus a random 0 to 100 ms',
  socketIo: 'socket.io: 1 s × 2, ± 50 %, cap 5 s',
  phoenix: 'Phoenix: 10 ms to 2 s by a table, then 5 s',
} as const;
export type BackoffName = keyof typeof backoffs;

/** What can be a storm of the lab. */
export interface Settings {
  readonly clients: number;
  /** Real actors on the compiled engine, or schedules alone, as the benchmarks have the peers. */
  readonly are: 'actors' | 'formulas';
  readonly backoff: BackoffName;
  /** They start within a second beside a server that is up, instead of being connected to it. */
  readonly boot: boolean;
  /** Each process has a `connectLimiter()`; formulas have none. */
  readonly limiter: boolean;
  readonly processes: number;
  /** The limiters share a budget of what the server takes. */
  readonly budget: boolean;
  /** Attempts that the server takes in a second. */
  readonly capacity: number;
  /** So many in one go. */
  readonly burst: number;
  /** When the server is lost, in seconds. */
  readonly outageAt: number;
  /** For how long, in seconds; 0 at boot: never. */
  readonly outage: number;
  /** What an attempt costs the server that it cannot take, in % of one that it takes. */
  readonly collapse: number;
  readonly seed: number;
}

/** That of the benchmarks, with our actors. */
export const defaults: Settings = {
  clients: 10_000,
  are: 'actors',
  backoff: 'schmoozer',
  boot: false,
  limiter: false,
  processes: 1,
  budget: false,
  capacity: 500,
  burst: 50,
  outageAt: 0,
  outage: 2,
  collapse: 0,
  seed: 1,
};

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Of each number. */
export const bounds = {
  clients: { min: 100, max: 20_000, step: 100 },
  processes: { min: 1, max: 1000, step: 1 },
  capacity: { min: 50, max: 5000, step: 50 },
  burst: { min: 1, max: 1000, step: 1 },
  outageAt: { min: 0, max: 60, step: 0.5 },
  outage: { min: 0, max: 60, step: 0.5 },
  collapse: { min: 0, max: 50, step: 1 },
  seed: { min: 1, max: 9999, step: 1 },
} as const satisfies Partial<Record<keyof Settings, Bounds>>;
export type NumberName = keyof typeof bounds;

const isNumberName = (name: string): name is NumberName => Object.hasOwn(bounds, name);

/** Within its bounds and on its steps; what is no number is the default. */
export function bounded(name: NumberName, value: number): number {
  const { min, max, step } = bounds[name];
  if (!Number.isFinite(value)) return defaults[name];
  return Math.min(max, Math.max(min, Math.round(value / step) * step));
}

/** A setting for the hash of an address: what differs from the default. */
export function hashOf(settings: Settings): string {
  const names = Object.keys(defaults) as (keyof Settings)[];
  const told = names.filter((name) => settings[name] !== defaults[name]);
  return told.map((name) => `${name}=${settings[name]}`).join('&');
}

/** A setting from such a hash; what it does not know, or what is out of bounds, is left alone. */
export function settingsOf(hash: string): Settings {
  const told = new URLSearchParams(hash.replace(/^#/, ''));
  const entries = Object.entries(defaults).map(([name, value]) => {
    const text = told.get(name);
    return [name, text === null ? value : read(name, text, value)];
  });
  return Object.fromEntries(entries) as Settings;
}

function read(name: string, text: string, value: unknown): unknown {
  if (isNumberName(name)) return text === '' ? value : bounded(name, Number(text));
  if (typeof value === 'boolean') return text === 'true' ? true : text === 'false' ? false : value;
  if (name === 'backoff') return Object.hasOwn(backoffs, text) ? text : value;
  return text === 'actors' || text === 'formulas' ? text : value;
}

export function areEqual(a: Settings, b: Settings): boolean {
  return hashOf(a) === hashOf(b);
}
