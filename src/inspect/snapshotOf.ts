import { carried } from './carried.js';
import type { Settings } from './options.js';
import { type Fields, tryOr, ownValue, pick } from './pick.js';

const STATUSES: readonly unknown[] = ['active', 'done', 'error', 'stopped'];

interface ActiveState {
  readonly after: readonly { readonly eventType: string }[];
}

/** A snapshot that XState created, with the expected parts. */
export interface OfMachine {
  readonly value: unknown;
  readonly tags: Iterable<string>;
  readonly children: Readonly<Record<string, unknown>>;
  /** The active states; private in XState. */
  readonly _nodes: readonly ActiveState[];
}

export function isOfMachine(snapshot: object): snapshot is OfMachine {
  // The same test as XState's own `isMachineSnapshot`.
  return 'machine' in snapshot && 'value' in snapshot;
}

/** A snapshot of the compiled engine, which has no machine. */
export interface OfLink {
  readonly value: unknown;
  readonly tags: Iterable<string>;
}

export function isOfLink(snapshot: object): snapshot is OfLink {
  return !('machine' in snapshot) && 'leaf' in snapshot && 'value' in snapshot;
}

/** Returns an actor's status, state, tags and children, and the allowed fields of its values. */
export function snapshotOf(snapshot: object, allow: Settings['allow']): Fields {
  return tryOr(
    () => {
      const status = ownValue(snapshot, 'status');
      const context = ownValue(snapshot, 'context');
      return {
        status: STATUSES.includes(status) ? status : 'active',
        ...(isOfMachine(snapshot) && machineParts(snapshot)),
        ...(isOfLink(snapshot) && { value: snapshot.value, tags: [...snapshot.tags] }),
        ...(context !== undefined && {
          context: tryOr(() => pick(context, allow.context, allow), '[unreadable]'),
        }),
        ...carried(snapshot, allow),
      };
    },
    { status: 'active' },
  );
}

function machineParts({ value, tags, children }: OfMachine): Fields {
  return {
    value,
    tags: [...tags],
    // The way XState's own actors appear in JSON.
    children: Object.fromEntries(Object.keys(children).map((id) => [id, { xstate$$type: 1, id }])),
  };
}
