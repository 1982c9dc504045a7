import { statePath } from '../core/statePath.js';
import type { ReconnectContext } from '../machine/context.js';
import { withFacts } from '../machine/output.js';
import type {
  ReconnectCommand,
  ReconnectOutput,
  ReconnectStateValue,
  ReconnectTag,
} from '../machine/vocabulary.js';
import type { Leaf } from './leaf.js';

/** The snapshot of an actor: XState's snapshot, without the machine and without children. */
export type CompiledSnapshot<TOutput = unknown> = Outcome<ReconnectOutput<TOutput>> & {
  /** The link's state; check tags instead. */
  readonly value: ReconnectStateValue;
  /** The facts that the link has recorded: counts, times, the facts of the last error. */
  readonly context: ReconnectContext;
  /** All tags that hold now. */
  readonly tags: ReadonlySet<ReconnectTag>;
  /** Empty: the compiled engine has no child actors. */
  readonly children: Readonly<Record<string, never>>;
  /** Whether the tag holds now: `hasTag('online')` while a session is open. */
  hasTag(tag: ReconnectTag): boolean;
  /** True if the link is in this state, given as `'running'` or `{ running: 'stable' }`. */
  matches(value: PartialStateValue): boolean;
  /** True if the command would change anything now. */
  can(event: ReconnectCommand): boolean;
  /** Nothing: the chart has no meta data. */
  getMeta(): Readonly<Record<string, never>>;
  /** The snapshot as plain data, without connector and connection. */
  toJSON(): unknown;
};

export type PartialStateValue =
  | ReconnectStateValue
  | (ReconnectStateValue extends infer V ? (V extends string ? V : keyof V) : never);

/** The status of an actor, in the fields that XState's helpers read. */
export type Outcome<TOutput> =
  | { readonly status: 'active'; readonly output: undefined; readonly error: undefined }
  | { readonly status: 'done'; readonly output: TOutput; readonly error: undefined }
  | { readonly status: 'error'; readonly output: undefined; readonly error: unknown }
  | { readonly status: 'stopped'; readonly output: undefined; readonly error: undefined };

/** A stored snapshot: plain data. */
export type PersistedSnapshot = Outcome<unknown> & {
  readonly value: ReconnectStateValue;
  readonly context: ReconnectContext;
  readonly children: Readonly<Record<string, never>>;
  readonly historyValue: Readonly<Record<string, never>>;
};

const NONE: Readonly<Record<string, never>> = Object.freeze({});

/** Created when a snapshot is read. */
export class LinkSnapshot {
  readonly status: Outcome<unknown>['status'];
  readonly output: ReconnectOutput | undefined;
  readonly error: unknown;
  readonly value: ReconnectStateValue;
  readonly context: ReconnectContext;
  readonly children = NONE;
  readonly historyValue = NONE;
  readonly #leaf: Leaf;

  constructor(
    leaf: Leaf,
    context: ReconnectContext,
    { status, output, error }: Outcome<ReconnectOutput>,
  ) {
    this.status = status;
    this.output = output;
    this.error = error;
    this.value = leaf.value;
    this.context = context;
    this.#leaf = leaf;
  }

  /** The current leaf. */
  get leaf(): Leaf {
    return this.#leaf;
  }

  get tags(): ReadonlySet<ReconnectTag> {
    return this.#leaf.tags;
  }

  hasTag(tag: ReconnectTag): boolean {
    return this.tags.has(tag);
  }

  /** XState's rule: the value in question must be a prefix of the current state's value. */
  matches(value: unknown): boolean {
    return `${this.#leaf.path}.`.startsWith(`${statePath(value)}.`);
  }

  can(event: { readonly type: string }): boolean {
    const { steps, conditions } = this.#leaf;
    if (!steps.has(event.type)) return false;
    return conditions.get(event.type)?.({ context: this.context, event }) ?? true;
  }

  getMeta(): Readonly<Record<string, never>> {
    return NONE;
  }

  /** The snapshot with only the facts of an error, as serializers may see it. */
  get persisted(): PersistedSnapshot {
    const { status, error, value, context, children, historyValue } = this;
    const output = this.output && withFacts(this.output);
    return { status, output, error, value, context, children, historyValue } as PersistedSnapshot;
  }

  toJSON(): object {
    const { status, output, error, value, context, children, historyValue, tags } = this;
    return { status, output, error, value, context, children, historyValue, tags: [...tags] };
  }
}
