import type { DiagnosticsState } from 'schmoozer/diagnostics';
import { Cells } from './cells.js';
import type { ServerLabels } from './labels.js';
import type { Metrics } from './metrics.js';
import type { Count } from './seriesCounter.js';
import type { Distribution } from './seriesHistogram.js';

export type LiveState = Exclude<DiagnosticsState, 'ended'>;

const states: readonly LiveState[] = [
  'queued',
  'connecting',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
];

/** The number of links of one server in one state, and the total time they spent in it. */
export class StateCell {
  readonly labels: ServerLabels & { readonly state: LiveState };
  links = 0;
  #ms = 0;
  #sinceMs = performance.now();

  constructor(server: ServerLabels, state: LiveState) {
    this.labels = { ...server, state };
  }

  /** Changes the number at a time of `performance.now()`. */
  change(by: -1 | 0 | 1, nowMs: number): void {
    this.#ms += this.links * (nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.links += by;
  }

  /** Total time until now, in seconds. */
  get seconds(): number {
    this.change(0, performance.now());
    return this.#ms / 1000;
  }
}

/** The links that share a server, and a name if names are shown. */
export class Presence {
  links = 0;
  online = 0;
  lastOnlineS = 0;

  constructor(readonly labels: ServerLabels & { readonly name?: string }) {}
}

/** All series of one server, each created when it is first needed and found without a string lookup after that. */
export class ServerSeries {
  readonly labels: ServerLabels;
  readonly attempts: Cells<Count>;
  readonly create: Cells<Distribution>;
  readonly duration: Cells<Distribution>;
  readonly ended: Cells<Count>;
  readonly #metrics: Metrics;
  #wait: Distribution | undefined;
  #down: Distribution | undefined;
  #retryDelay: Distribution | undefined;
  /** Undefined until the server has a link. */
  #states: Readonly<Record<LiveState, StateCell>> | undefined;
  /** By name; with an empty name if names are not shown. */
  readonly presences = new Map<string, Presence>();

  constructor(labels: ServerLabels, metrics: Metrics) {
    this.labels = labels;
    this.#metrics = metrics;
    this.attempts = new Cells((outcome, error_type) =>
      metrics.attempts.add({ ...labels, outcome, error_type }),
    );
    this.create = new Cells((_, error_type) => metrics.create.add({ ...labels, error_type }));
    this.duration = new Cells((cause, error_type) =>
      metrics.duration.add({ ...labels, cause, error_type }),
    );
    this.ended = new Cells((status, error_type) =>
      metrics.ended.add({ ...labels, status, error_type }),
    );
  }

  get wait(): Distribution {
    return (this.#wait ??= this.#metrics.wait.add(this.labels));
  }

  get down(): Distribution {
    return (this.#down ??= this.#metrics.down.add(this.labels));
  }

  get retryDelay(): Distribution {
    return (this.#retryDelay ??= this.#metrics.retryDelay.add(this.labels));
  }

  cell(state: LiveState): StateCell {
    this.#states ??= Object.fromEntries(
      states.map((each) => [each, new StateCell(this.labels, each)]),
    ) as Record<LiveState, StateCell>;
    return this.#states[state];
  }

  /** The cells of all states, once the server has had a link. */
  get cells(): readonly StateCell[] {
    return this.#states === undefined ? [] : Object.values(this.#states);
  }
}
