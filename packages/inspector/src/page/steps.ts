import type {
  ActorRecord,
  Named,
  RunningTimer,
  SnapshotView,
  TakenTransition,
} from '../protocol.js';
import {
  type Configuration,
  configurationOf,
  initialConfiguration,
  innermostOf,
  isSame,
} from './configuration.js';
import type { Chart, ChartEdge, ChartState } from './definition/chart.js';
import { inferEdges } from './infer.js';

/** One macrostep: an event, and the actor's state after it. */
export interface Step {
  readonly seq: number;
  readonly at: number;
  readonly event: Named;
  /** The key of the actor that sent it. */
  readonly from: string | undefined;
  readonly snapshot: SnapshotView;
  readonly configuration: Configuration;
  /** In the order in which they were taken. */
  readonly edges: readonly ChartEdge[];
  /** True if the producer sent the edges; otherwise they are inferred. */
  readonly isExact: boolean;
  readonly after: readonly RunningTimer[] | undefined;
  /** Innermost states that this step entered, or left and entered again. */
  readonly changed: readonly ChartState[];
  /** Names of actions, if the app sends them. */
  readonly actions: readonly string[];
  readonly emitted: readonly Named[];
  /** True for a failure: the event reports one, or the actor ended with an error. */
  readonly isFailure: boolean;
  /** When each active state was entered, by the producer's clock. */
  readonly entered: ReadonlyMap<ChartState, number>;
  /** Approximate length of its record's text. */
  readonly characters: number;
}

const MAX_STEPS = 5000;
/** Maximum total length of the texts of all steps. */
const MAX_CHARACTERS = 64_000_000;

/** The life of one actor, built from its records as they arrive. */
export class Steps {
  readonly list: Step[] = [];
  /** The last duration of each `after` that fired, in milliseconds. */
  readonly observedMs = new Map<ChartEdge, number>();
  /** Number of steps that were removed to make room, here or at the server. */
  dropped: number;
  /** How often each edge was taken, including removed steps of this page. */
  readonly #counts: number[] = [];
  readonly #chart: Chart;
  #senders: { type: string; from: string | undefined }[] = [];
  #transitions: TakenTransition[] = [];
  #hasMicrosteps = false;
  #characters = 0;

  constructor(chart: Chart, dropped: number) {
    this.#chart = chart;
    this.dropped = dropped;
  }

  /** How often each edge had been taken up to the step at this index. */
  countsAt(place: number): readonly number[] {
    const counts = this.#counts.slice();
    for (let i = this.list.length - 1; i > place; i--) {
      for (const { index } of this.list[i]?.edges ?? []) counts[index] = (counts[index] ?? 0) - 1;
    }
    return counts;
  }

  /** `characters` is the approximate length of the record's text. */
  add(record: ActorRecord, characters = 0): void {
    if (record.kind === 'event') {
      this.#senders.push({ type: record.event.type, from: record.from });
      if (this.#senders.length > 100) this.#senders.shift();
    } else if (record.kind === 'microstep') {
      this.#hasMicrosteps = true;
      this.#transitions.push(...record.transitions);
      // A transition that never ends.
      if (this.#transitions.length > MAX_STEPS) this.#transitions = [];
    } else if (record.kind === 'snapshot' || this.#isNew(record)) this.#step(record, characters);
  }

  /** The index of the last step up to this number; -1 before the first. */
  placeOf(seq: number): number {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.list[middle] as Step).seq <= seq) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** True if the actor is seen for the first time, or again after a gap in its records. */
  #isNew({ snapshot }: ActorRecord & { kind: 'actor' }): boolean {
    const last = this.list.at(-1);
    // Before its start a machine has no state.
    if (snapshot.value === undefined && this.#chart.root.children.length > 0) return false;
    if (last === undefined || snapshot.value === undefined) return last === undefined;
    return !isSame(last.configuration, configurationOf(this.#chart, snapshot.value));
  }

  #step(record: ActorRecord & { kind: 'snapshot' | 'actor' }, characters: number): void {
    const last = this.list.at(-1);
    const event = record.kind === 'snapshot' ? record.event : { type: '' };
    const snapshot = record.snapshot;
    const configuration =
      snapshot.value === undefined && last
        ? last.configuration
        : configurationOf(this.#chart, snapshot.value);
    const isExact = this.#hasMicrosteps;
    // A producer's first record about an actor contains its state, but not how it got there.
    const edges =
      record.kind === 'actor'
        ? []
        : isExact
          ? this.#transitions.flatMap((taken) => this.#edgeOf(taken) ?? [])
          : inferEdges(
              event.type === 'xstate.init' || last === undefined
                ? initialConfiguration(this.#chart, configuration)
                : last.configuration,
              event.type,
              configuration,
            );
    this.#transitions = [];
    for (const edge of edges) {
      this.#counts[edge.index] = (this.#counts[edge.index] ?? 0) + 1;
      const since = last?.entered.get(edge.source);
      if (edge.kind === 'after' && since !== undefined) {
        this.observedMs.set(edge, record.at - since);
      }
    }
    const left = leftBy(edges);
    const entered = new Map<ChartState, number>();
    for (const state of configuration) {
      const since = left.has(state) ? undefined : last?.entered.get(state);
      entered.set(state, since ?? record.at);
    }
    this.list.push({
      seq: record.seq,
      at: record.at,
      event,
      from: this.#senderOf(event.type),
      snapshot,
      configuration,
      edges,
      isExact,
      after: record.after,
      changed: innermostOf(configuration).filter(
        (state) => left.has(state) || !last?.configuration.has(state),
      ),
      actions: (record.kind === 'snapshot' && record.actions) || [],
      emitted: (record.kind === 'snapshot' && record.emitted) || [],
      isFailure:
        event.type.startsWith('xstate.error.') ||
        (snapshot.status === 'error' && last?.snapshot.status !== 'error'),
      entered,
      characters,
    });
    this.#characters += characters;
    if (this.list.length <= MAX_STEPS && this.#characters <= MAX_CHARACTERS) return;
    // Half of them at once: removing one at a time would move all others at each step.
    const older = this.list.splice(0, Math.ceil(this.list.length / 2));
    this.dropped += older.length;
    for (const step of older) this.#characters -= step.characters;
  }

  #senderOf(type: string): string | undefined {
    const place = this.#senders.findIndex((sender) => sender.type === type);
    if (place < 0) return undefined;
    return this.#senders.splice(0, place + 1).at(-1)?.from;
  }

  #edgeOf(taken: TakenTransition): ChartEdge | undefined {
    const own = this.#chart.ids.get(taken.source)?.edges ?? [];
    const same = own.filter(
      ({ eventType, targets }) =>
        eventType === taken.eventType &&
        targets.length === taken.target.length &&
        targets.every(({ id }, i) => id === taken.target[i]),
    );
    return same.find(({ guard }) => guard === taken.guard) ?? same[0];
  }
}

/** States that a self-loop or a path out and back in has left: they were entered again. */
function leftBy(edges: readonly ChartEdge[]): Set<ChartState> {
  const left = new Set<ChartState>();
  for (const { source, targets } of edges) {
    if (targets.length === 0) continue;
    left.add(source);
    for (const target of targets) left.add(target);
  }
  return left;
}
