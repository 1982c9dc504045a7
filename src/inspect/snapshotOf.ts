import { carried } from './carried.js';
import type { Settings } from './options.js';
import { type Fields, guarded, ownValue, pick } from './pick.js';

const STATUSES: readonly unknown[] = ['active', 'done', 'error', 'stopped'];

interface MachineParts {
  readonly value: unknown;
  readonly tags: Iterable<string>;
  readonly children: Readonly<Record<string, object | undefined>>;
}

/** Status, state, tags and children of an actor, and the allowed fields of what it holds. */
export function snapshotOf(snapshot: unknown, allow: Settings['allow']): Fields | string {
  return guarded(() => {
    // An actor that is being made has none yet.
    if (typeof snapshot !== 'object' || snapshot === null) return { status: 'active' };
    const status = ownValue(snapshot, 'status');
    const context = ownValue(snapshot, 'context');
    return {
      status: STATUSES.includes(status) ? status : 'active',
      ...(ownValue(snapshot, 'machine') !== undefined && machineParts(snapshot as MachineParts)),
      ...(context !== undefined && { context: pick(context, allow.context, allow) }),
      ...carried(snapshot, allow),
    };
  });
}

function machineParts({ value, tags, children }: MachineParts): Fields {
  const living = Object.entries(children).filter(([, child]) => child !== undefined);
  return {
    value,
    tags: [...tags],
    // As XState's own actors look in JSON.
    children: Object.fromEntries(living.map(([id]) => [id, { xstate$$type: 1, id }])),
  };
}
