import { type BackoffName, defaults, type Settings } from './settings.js';

export interface Preset {
  readonly name: string;
  readonly label: string;
  readonly settings: Settings;
}

const preset = (name: string, label: string, own: Partial<Settings>): Preset => ({
  name,
  label,
  settings: { ...defaults, ...own },
});

/** The peers as the benchmarks have them: schedules without actors. */
const peer = (name: BackoffName, label: string) =>
  preset(name, label, { are: 'formulas', backoff: name });

/** Beside a server that is up. */
const boot = { boot: true, outage: 0 };

const limited = [1, 10, 100].flatMap((processes) => {
  const label = processes === 1 ? 'a limiter' : `a limiter in each of ${processes} processes`;
  const own = { limiter: true, processes };
  return [
    preset(`schmoozer${processes}`, `schmoozer, ${label}`, own),
    preset(`schmoozerBoot${processes}`, `schmoozer, ${label}, cold boot`, { ...own, ...boot }),
  ];
});

const budgeted = { limiter: true, processes: 100, budget: true };

/** Each storm of docs/benchmarks.md, by its name in bench/results.json. */
export const benchPresets: readonly Preset[] = [
  preset('schmoozer', 'schmoozer', {}),
  preset('schmoozerBoot', 'schmoozer, cold boot', boot),
  ...limited,
  preset('schmoozerBudget100', 'schmoozer, limiters and a budget, 100 processes', budgeted),
  preset('schmoozerBudgetBoot100', 'schmoozer, limiters and a budget, 100 processes, cold boot', {
    ...budgeted,
    ...boot,
  }),
  preset('formula', 'schmoozer, as a formula', { are: 'formulas' }),
  peer('fullJitter', 'full jitter, without a floor'),
  peer('fullJitterFloor', 'full jitter, floor 0.1 s'),
  peer('partysocket', 'partysocket'),
  peer('phoenix', 'Phoenix'),
  peer('ioredis', 'ioredis'),
  peer('nats', 'nats.js'),
  peer('socketIo', 'socket.io'),
  peer('grpc', 'gRPC'),
];

/** What the benchmarks do not have. */
export const otherPresets: readonly Preset[] = [
  preset('behindLimiter', 'gRPC’s backoff in our actors, behind a limiter', {
    backoff: 'grpc',
    limiter: true,
  }),
  preset('collapse', 'A server that turning away wears out', { collapse: 20 }),
  preset('collapseLimiter', 'The same server, and a limiter', { collapse: 20, limiter: true }),
  preset('bootThenOutage', 'Cold boot, then 5 s without a server', {
    clients: 5000,
    boot: true,
    outageAt: 20,
    outage: 5,
    limiter: true,
    processes: 10,
  }),
  preset('reconnectingWebSocket', 'reconnecting-websocket', {
    are: 'formulas',
    backoff: 'reconnectingWebSocket',
  }),
  preset('cockatiel', 'cockatiel', { are: 'formulas', backoff: 'cockatiel' }),
  preset('pRetry', 'p-retry', { are: 'formulas', backoff: 'pRetry' }),
  preset('mqttJs', 'MQTT.js', { are: 'formulas', backoff: 'mqttJs' }),
];
