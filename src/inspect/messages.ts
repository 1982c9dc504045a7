import { definitionOf } from './definition.js';
import { eventOf } from './eventOf.js';
import type {
  InspectedActor,
  InspectionEvent,
  MicrostepEvent,
  ShownEvent,
} from './inspectionEvent.js';
import { currentSnapshot, parentOf } from './liveActors.js';
import type { Settings } from './options.js';
import { cut, type Fields } from './pick.js';
import { runningTimers } from './runningTimers.js';
import { snapshotOf } from './snapshotOf.js';

/** The version of `@statelyai/inspect` whose format this is. */
const VERSION = '0.7.2';
const FORMAT = { _version: VERSION, id: null };

type Allow = Settings['allow'];

/** Whether there is a frame for an event of XState's. */
export function isShown(event: InspectionEvent, { microsteps }: Settings): event is ShownEvent {
  switch (event.type) {
    case '@xstate.actor':
    case '@xstate.event':
    case '@xstate.snapshot':
      return true;
    default:
      return microsteps && event.type === '@xstate.microstep';
  }
}

/** The frame for an event of XState's. */
export function messageOf(event: ShownEvent, allow: Allow): string {
  switch (event.type) {
    case '@xstate.actor':
      return registration(event.actorRef as InspectedActor, event.rootId, allow);
    case '@xstate.event':
      return frame(event, {
        ...FORMAT,
        event: eventOf(event.event, allow),
        sourceId: event.sourceRef?.sessionId,
      });
    case '@xstate.snapshot':
      return frame(event, {
        ...FORMAT,
        event: eventOf(event.event, allow),
        snapshot: snapshotOf(event.snapshot, allow),
        // Now and not later: the actions of this step have set its timers, the next step may end them.
        _after: runningTimers(event.actorRef as InspectedActor, event.snapshot),
      });
    case '@xstate.microstep':
      return frame(event, microstep(event, allow));
  }
}

/** An actor and where it is: what a server that came late needs to see. */
export function registration(actor: InspectedActor, rootId: string, allow: Allow): string {
  const { id, sessionId, logic } = actor;
  const config = logic?.config;
  const isMachine = typeof config === 'object' && config !== null;
  const machineId = isMachine ? (config as { id?: unknown }).id : undefined;
  const name = id === sessionId && typeof machineId === 'string' ? machineId : id;
  const fallback = JSON.stringify({ id: cut(name) });
  const snapshot = currentSnapshot(actor);
  return frame(
    { type: '@xstate.actor', actorRef: actor, rootId },
    {
      ...FORMAT,
      name: cut(name),
      parentId: parentOf(actor)?.sessionId,
      definition: isMachine ? definitionOf(logic as object, config, fallback) : fallback,
      snapshot: snapshotOf(snapshot, allow),
      _after: runningTimers(actor, snapshot),
    },
  );
}

/** How many events this server was not told of; a type of our own. */
export function missedMessage(count: number): string {
  return JSON.stringify({ type: '@schmoozer.missed', count, createdAt: now() });
}

// Without `_version`: the package's receiver in a browser takes only what has one, and its format knows
// no microsteps.
function microstep(event: MicrostepEvent, allow: Allow): Fields {
  const { _transitions: transitions, snapshot } = event;
  const { value } = snapshot;
  return {
    event: eventOf(event.event, allow),
    _transitions: transitions.map(({ eventType, source, target, guard }) => ({
      eventType,
      source: source.id,
      target: (target ?? []).map(({ id }) => id),
      guard: guardName(guard),
    })),
    snapshot: { value },
  };
}

function frame(
  { type, actorRef, rootId }: Pick<ShownEvent, 'type' | 'actorRef' | 'rootId'>,
  fields: Fields,
): string {
  const { sessionId } = actorRef;
  return JSON.stringify({ type, sessionId, rootId, createdAt: now(), ...fields });
}

function guardName(guard: unknown): string | undefined {
  if (typeof guard === 'string') return cut(guard);
  if (typeof guard === 'function') return cut(guard.name);
  const type = (guard as { type?: unknown } | undefined)?.type;
  return typeof type === 'string' ? cut(type) : undefined;
}

function now(): string {
  return String(Date.now());
}
