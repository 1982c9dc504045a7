import type { ActorStatus, ActorSummary, AppInfo, SnapshotView } from '../protocol.js';
import { cutText } from './cut.js';
import type { Frame } from './frame.js';
import type { Limits } from './limits.js';
import { Queue } from './queue.js';
import { keyOf, type Stored } from './record.js';

/** One actor: its current state, and its stored records. */
export class TrackedActor {
  readonly records = new Queue<Stored>();
  /** The machine's config as JSON text; null for actors that have none. */
  definition: string | null = null;
  /** Why there is no definition, although one was sent. */
  lostDefinition: string | undefined;
  /** Number of records that were removed to make room. */
  dropped = 0;
  /** The number of the last removed record. */
  droppedSeq = 0;
  isConnected = true;
  family: string;
  #name: string;
  #parent: string | undefined;
  #isMachine = false;
  #states: readonly string[] = [];
  #tags: readonly string[] = [];
  #status: ActorStatus = 'active';
  #steps = 0;
  #app: AppInfo | undefined;
  #isUsed = false;
  #engine: string | undefined;
  #commands: readonly string[] = [];
  readonly #limits: Limits;

  constructor(
    readonly key: string,
    readonly producer: string,
    readonly sessionId: string,
    limits: Limits,
  ) {
    this.#name = sessionId;
    this.family = key;
    this.#limits = limits;
  }

  get name(): string {
    return this.#name;
  }

  get parent(): string | undefined {
    return this.#parent;
  }

  get rootId(): string {
    return this.family.slice(this.producer.length + 1);
  }

  get commands(): readonly string[] {
    return this.#commands;
  }

  get app(): AppInfo | undefined {
    return this.#app;
  }

  get engine(): string | undefined {
    return this.#engine;
  }

  /** True if the actor failed and is not part of another one's work, whose parent handles the failure. */
  get hasFailed(): boolean {
    return this.#status === 'error' && (this.#isMachine || this.#parent === undefined);
  }

  get status(): ActorStatus {
    return this.#status;
  }

  /** Marks the actor as stopped by its parent: XState reports that only in the parent's snapshot. */
  stop(): void {
    if (this.#status === 'active') this.#status = 'stopped';
  }

  /** A record was removed. */
  drop(seq: number): void {
    this.dropped += 1;
    this.droppedSeq = seq;
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
      this.#app = frame.app;
      this.#engine = frame.engine;
      this.#commands = frame.commands ?? [];
    }
    if (frame.kind !== 'actor' || frame.hasStarted) this.#isUsed = true;
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
      isUsed: this.#isUsed,
      ...(this.#app !== undefined && { app: this.#app }),
      ...(this.#engine !== undefined && { engine: this.#engine }),
      ...(this.#commands.length > 0 && { commands: this.#commands }),
    };
  }

  #show({ value, status, tags }: SnapshotView): void {
    if (status === 'active' || status === 'done' || status === 'error' || status === 'stopped') {
      this.#status = status;
    }
    if (tags !== undefined) this.#tags = this.#few(tags);
    if (value === undefined) return;
    this.#isMachine = true;
    this.#states = this.#few(leavesOf(value));
  }

  /** The number of texts that the actor list shows, with three dots for the others. */
  #few(texts: Iterable<string>): string[] {
    const { leaves, leafCharacters } = this.#limits;
    const few: string[] = [];
    let left = leafCharacters;
    for (const text of texts) {
      if (few.length >= leaves || left < text.length) {
        few.push(left > 0 && few.length < leaves ? `${cutText(text, left)}...` : '...');
        break;
      }
      few.push(text);
      left -= text.length;
    }
    return few;
  }
}

/** `{a: 'b', c: {d: 'e'}}` is in `a.b` and in `c.d.e`. */
function* leavesOf(value: unknown, path = ''): Generator<string> {
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (typeof value === 'string') yield below(value);
  else if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) yield* leavesOf(inner, below(key));
  } else if (path !== '') yield path;
}
