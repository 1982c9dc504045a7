import type { Named, RunningTimer, SnapshotView, TakenTransition } from '../protocol.js';

interface Base {
  readonly sessionId: string;
  readonly rootId: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What an app says it could not send. */
export interface Missed {
  readonly kind: 'missed';
  readonly count: number;
}

/** A frame of the wire format of `@statelyai/inspect` 0.7, with what we add to it. */
export type Frame = Base &
  (
    | {
        readonly kind: 'actor';
        readonly name: string;
        readonly parentId: string | undefined;
        readonly definition: string | undefined;
        readonly snapshot: SnapshotView;
        readonly after: readonly RunningTimer[] | undefined;
      }
    | { readonly kind: 'event'; readonly event: Named; readonly sourceId: string | undefined }
    | {
        readonly kind: 'snapshot';
        readonly event: Named;
        readonly snapshot: SnapshotView;
        readonly after: readonly RunningTimer[] | undefined;
        /** The ids of the actor's children, where a snapshot tells them. */
        readonly children: readonly string[] | undefined;
      }
    | {
        readonly kind: 'microstep';
        readonly transitions: readonly TakenTransition[];
        readonly snapshot: SnapshotView;
        readonly after: readonly RunningTimer[] | undefined;
      }
  );

type Fields = Readonly<Record<string, unknown>>;

/** Undefined for whatever is no frame: rubbish is counted, never thrown. */
export function parseFrame(text: string, nowMs: number): Frame | Missed | undefined {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isFields(fields)) return undefined;
  if (fields['type'] === '@schmoozer.missed') return missed(fields['count']);
  const sessionId = name(fields['sessionId']);
  if (sessionId === undefined) return undefined;
  const createdAt = Number(fields['createdAt'] ?? Number.NaN);
  const base = {
    sessionId,
    rootId: name(fields['rootId']),
    at: Number.isFinite(createdAt) ? createdAt : nowMs,
  };
  const snapshot = isFields(fields['snapshot']) ? viewOf(fields['snapshot']) : {};
  const after = timers(fields['_after']);
  switch (fields['type']) {
    case '@xstate.actor':
      return {
        ...base,
        kind: 'actor',
        name: name(fields['name']) ?? sessionId,
        parentId: name(fields['parentId']),
        definition: definitionOf(fields['definition']),
        snapshot,
        after,
      };
    case '@xstate.event':
      return {
        ...base,
        kind: 'event',
        event: named(fields['event']),
        sourceId: name(fields['sourceId']),
      };
    case '@xstate.snapshot':
      return {
        ...base,
        kind: 'snapshot',
        event: named(fields['event']),
        snapshot,
        after,
        children: childrenOf(fields['snapshot']),
      };
    case '@xstate.microstep':
      return {
        ...base,
        kind: 'microstep',
        transitions: list(fields['_transitions']).flatMap(transitions),
        snapshot,
        after,
      };
    default:
      return undefined;
  }
}

function missed(count: unknown): Missed | undefined {
  return Number.isSafeInteger(count) && Number(count) > 0
    ? { kind: 'missed', count: Number(count) }
    : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function name(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : undefined;
}

function named(value: unknown): Named {
  if (isFields(value) && typeof value['type'] === 'string') return value as unknown as Named;
  return { type: typeof value === 'string' ? value : '' };
}

function childrenOf(snapshot: unknown): readonly string[] | undefined {
  const children = isFields(snapshot) ? snapshot['children'] : undefined;
  return isFields(children) ? Object.keys(children) : undefined;
}

/** The rest stays behind: nothing shows it. */
function viewOf(snapshot: Fields): SnapshotView {
  const { status, value, context, tags, output, error } = snapshot;
  return {
    ...(typeof status === 'string' && { status }),
    ...(value !== undefined && { value }),
    ...(context !== undefined && { context }),
    ...(Array.isArray(tags) && { tags: tags.filter((tag) => typeof tag === 'string') }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
  };
}

function definitionOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return isFields(value) ? JSON.stringify(value) : undefined;
}

function transitions(value: unknown): TakenTransition[] {
  if (!isFields(value) || typeof value['source'] !== 'string') return [];
  const { eventType, source, target, guard } = value;
  return [
    {
      eventType: typeof eventType === 'string' ? eventType : '',
      source,
      target: list(target).filter((id) => typeof id === 'string'),
      ...(typeof guard === 'string' && { guard }),
    },
  ];
}

function timers(value: unknown): readonly RunningTimer[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((timer: unknown) => {
    if (!isFields(timer)) return [];
    const { eventType, delayMs, startedAt } = timer;
    if (typeof eventType !== 'string' || typeof delayMs !== 'number') return [];
    return [{ eventType, delayMs, ...(typeof startedAt === 'number' && { startedAt }) }];
  });
}
