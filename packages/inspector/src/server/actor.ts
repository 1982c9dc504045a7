import type { ActorStatus, ActorSummary, SnapshotView } from '../protocol.js';
import type { Frame } from './frame.js';
import { Queue } from './queue.js';
import { keyOf, type Stored } from './record.js';

/** One actor: how it stands now, and what is kept of how it came to that. */
export class TrackedActor {
  readonly records = new Queue<Stored>();
  /** The machine's config as JSON text; null for actors that have none. */
  definition: string | null = null;
  dropped = 0;
  isConnected = true;
  family: string;
  #name: string;
  #parent: string | undefined;
  #isMachine = false;
  #states: readonly string[] = [];
  #tags: readonly string[] = [];
  #status: ActorStatus = 'active';
  #steps = 0;

  constructor(
    readonly key: string,
    readonly producer: string,
    readonly sessionId: string,
  ) {
    this.#name = sessionId;
    this.family = key;
  }

  get name(): string {
    return this.#name;
  }

  get parent(): string | undefined {
    return this.#parent;
  }

  get status(): ActorStatus {
    return this.#status;
  }

  /** Its parent has let go of it: XState says so by the parent's snapshot only. */
  stop(): void {
    if (this.#status === 'active') this.#status = 'stopped';
  }

  get hasEnded(): boolean {
    return this.#status !== 'active' || !this.isConnected;
  }

  take(frame: Frame): void {
    this.isConnected = true;
    if (frame.kind === 'actor') {
      this.#name = frame.name;
      if (frame.parentId !== undefined) this.#parent = keyOf(this.producer, frame.parentId);
      if (frame.rootId !== undefined) this.family = keyOf(this.producer, frame.rootId);
    }
    if (frame.kind === 'event') return;
    if (frame.kind === 'snapshot') this.#steps += 1;
    this.#show(frame.snapshot);
  }

  summary(): ActorSummary {
    return {
      key: this.key,
      sessionId: this.sessionId,
      name: this.#name,
      producer: this.producer,
      ...(this.#parent !== undefined && { parent: this.#parent }),
      family: this.family,
      isMachine: this.#isMachine,
      states: this.#states,
      tags: this.#tags,
      status: this.#status,
      isConnected: this.isConnected,
      steps: this.#steps,
    };
  }

  #show({ value, status, tags }: SnapshotView): void {
    if (status === 'active' || status === 'done' || status === 'error' || status === 'stopped') {
      this.#status = status;
    }
    if (tags !== undefined) this.#tags = tags;
    if (value === undefined) return;
    this.#isMachine = true;
    this.#states = leavesOf(value);
  }
}

/** `{a: 'b', c: {d: 'e'}}` is in `a.b` and in `c.d.e`. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const leaves = leavesOf(inner);
    return leaves.length === 0 ? [key] : leaves.map((leaf) => `${key}.${leaf}`);
  });
}
