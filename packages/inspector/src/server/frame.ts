import type { AppInfo, Named, RunningTimer, SnapshotView, TakenTransition } from '../protocol.js';
import { type Extent, extentOf } from './cut.js';
import { FrameReader, type Fields, isFields } from './frameReader.js';
import { parseJson } from './json.js';
import { defaultLimits, type Limits } from './limits.js';

interface Base {
  readonly sessionId: string;
  readonly rootId: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Set if some of its content was omitted. */
  readonly isCut?: true;
}

/** The number of events that an app could not send. */
export interface Missed {
  readonly kind: 'missed';
  readonly count: number;
}

/** A frame of the wire format of `@statelyai/inspect` 0.7, with this project's extensions. */
export type Frame = Base & Part;

type Part =
  | {
      readonly kind: 'actor';
      readonly name: string;
      readonly parentId: string | undefined;
      readonly definition: string | undefined;
      /** Why there is no definition, although one was sent. */
      readonly lostDefinition?: string;
      readonly snapshot: SnapshotView;
      readonly after: readonly RunningTimer[] | undefined;
      readonly app: AppInfo | undefined;
      readonly hasStarted: boolean;
      readonly engine: string | undefined;
      readonly commands: readonly string[] | undefined;
    }
  | { readonly kind: 'event'; readonly event: Named; readonly sourceId: string | undefined }
  | {
      readonly kind: 'snapshot';
      readonly event: Named;
      readonly snapshot: SnapshotView;
      readonly after: readonly RunningTimer[] | undefined;
      /** The ids of the actor's children, if the snapshot contains them. */
      readonly children: readonly string[] | undefined;
      readonly actions: readonly string[] | undefined;
      readonly emitted: readonly Named[] | undefined;
    }
  | {
      readonly kind: 'microstep';
      readonly transitions: readonly TakenTransition[];
      readonly snapshot: SnapshotView;
      readonly after: readonly RunningTimer[] | undefined;
    };

/** The latest time that `Date` supports. */
const LAST_MOMENT = 8.64e15;

/** Undefined for anything that is not a frame, or is too large: invalid data is counted, and never causes an error. */
export function parseFrame(
  text: string,
  nowMs: number,
  limits: Limits = defaultLimits,
): Frame | Missed | undefined {
  const extent = extentOf(text, limits.frameValues);
  const fields = extent && parseJson(text);
  if (!isFields(fields)) return undefined;
  if (fields['type'] === '@schmoozer.missed') return missed(fields['count']);
  const reader = new FrameReader(limits, !fits(text, extent, limits));
  const sessionId = reader.name(fields['sessionId']);
  if (sessionId === undefined) return undefined;
  const base = { sessionId, rootId: reader.name(fields['rootId']), at: at(fields, nowMs) };
  const read = (): Part | undefined => {
    switch (fields['type']) {
      case '@xstate.actor':
        return {
          kind: 'actor',
          name: reader.name(fields['name']) ?? sessionId,
          parentId: reader.name(fields['parentId']),
          ...reader.definition(fields['definition']),
          snapshot: reader.snapshot(fields['snapshot']),
          after: reader.timers(fields['_after']),
          app: reader.app(fields['_app']),
          hasStarted: fields['_started'] === true,
          engine: reader.name(fields['_engine']),
          commands: reader.names(fields['_commands']),
        };
      case '@xstate.event':
        return {
          kind: 'event',
          event: reader.event(fields['event']),
          sourceId: reader.name(fields['sourceId']),
        };
      case '@xstate.snapshot':
        return {
          kind: 'snapshot',
          event: reader.event(fields['event']),
          snapshot: reader.snapshot(fields['snapshot']),
          after: reader.timers(fields['_after']),
          children: childrenOf(fields['snapshot']),
          actions: reader.names(fields['_actions']),
          emitted: reader.events(fields['_emitted']),
        };
      case '@xstate.microstep':
        return {
          kind: 'microstep',
          transitions: reader.transitions(fields['_transitions']),
          snapshot: reader.snapshot(fields['snapshot']),
          after: reader.timers(fields['_after']),
        };
      default:
        return undefined;
    }
  };
  const frame = read();
  return frame && { ...base, ...frame, ...(reader.isCut && { isCut: true }) };
}

/** True if no part can exceed a limit: most frames are small, and need not be copied. */
function fits(text: string, extent: Extent | undefined, limits: Limits): boolean {
  const { depth, recordValues, textCharacters } = limits;
  if (extent === undefined || extent.depth > depth || extent.values > recordValues) return false;
  return text.length <= textCharacters;
}

/**
 * The time of a frame, which @statelyai/inspect sends as a string. Nothing else is converted: an object's own
 * `toString` may be a number.
 */
function at({ createdAt }: Fields, nowMs: number): number {
  const told = typeof createdAt === 'string' ? Number(createdAt) : createdAt;
  const isMoment = typeof told === 'number' && Math.abs(told) <= LAST_MOMENT && createdAt !== '';
  return isMoment ? told : nowMs;
}

function missed(count: unknown): Missed | undefined {
  return Number.isSafeInteger(count) && Number(count) > 0
    ? { kind: 'missed', count: Number(count) }
    : undefined;
}

function childrenOf(snapshot: unknown): readonly string[] | undefined {
  const children = isFields(snapshot) ? snapshot['children'] : undefined;
  return isFields(children) ? Object.keys(children) : undefined;
}
