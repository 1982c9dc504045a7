// Why: docs/decisions/0023-microsteps-without-a-version.md
import { chart } from '../machine/chart.js';
import { appOf } from './appOf.js';
import { COMMANDS, isLink } from './commands.js';
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
import { cut, type Fields, ownValue } from './pick.js';
import { runningTimers } from './runningTimers.js';
import { isOfLink, snapshotOf } from './snapshotOf.js';

/** The version of `@statelyai/inspect` whose format is used. */
const VERSION = '0.7.2';
export const FORMAT = { _version: VERSION, id: null };

/** True if an XState event is sent as a frame. */
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

/** True for an actor's first snapshot, when more is known about it than in its registration. */
export function isBirth(event: ShownEvent, { allowCommands }: Settings): boolean {
  if (event.type !== '@xstate.snapshot' || ownValue(event.event, 'type') !== 'xstate.init')
    return false;
  return isOfLink(event.snapshot) || (allowCommands && isLink(event.actorRef as InspectedActor));
}

/** The frame for an XState event; `doings` are further fields for a snapshot. */
export function messageOf(event: ShownEvent, settings: Settings, doings: Fields = {}): string {
  const { allow } = settings;
  switch (event.type) {
    case '@xstate.actor':
      return registration(event.actorRef as InspectedActor, event.rootId, settings);
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
        // Read now and not later: the actions of this step have set its timers, and the next step may end them.
        _after: runningTimers(event.actorRef as InspectedActor, event.snapshot),
        ...doings,
      });
    case '@xstate.microstep':
      return frame(event, microstep(event, settings));
  }
}

/** An actor and its state, for a server that connected later. */
export function registration(actor: InspectedActor, rootId: string, settings: Settings): string {
  const { allow, app, allowCommands } = settings;
  const { id, sessionId, logic } = actor;
  const config = logic?.config;
  const isMachine = typeof config === 'object' && config !== null;
  const machineId = isMachine ? (config as { id?: unknown }).id : undefined;
  const given = id === sessionId && typeof machineId === 'string' ? machineId : id;
  const name = given ?? sessionId;
  const fallback = JSON.stringify({ id: cut(name) });
  const snapshot = currentSnapshot(actor);
  const isCompiled = isOfLink(snapshot);
  return frame(
    { type: '@xstate.actor', actorRef: actor, rootId },
    {
      ...FORMAT,
      name: cut(name),
      parentId: parentOf(actor)?.sessionId,
      definition: isMachine
        ? definitionOf(logic as object, config, fallback)
        : isCompiled
          ? definitionOf(chart, chart, fallback)
          : fallback,
      snapshot: snapshotOf(snapshot, allow),
      _after: runningTimers(actor, snapshot),
      _app: appOf(app),
      ...(hasStarted(actor) && { _started: true }),
      ...(isCompiled && { _engine: 'compiled' }),
      ...(allowCommands && isLink(actor) && { _commands: COMMANDS }),
    },
  );
}

/**
 * XState stores an actor's status as a private number: 0 before its start. A compiled link has none, and is watched
 * only when it is in use.
 */
function hasStarted({ _processingStatus: status }: InspectedActor): boolean {
  return status !== 0;
}

/** The number of events that this server did not receive; this message type is an extension of the format. */
export function missedMessage(count: number): string {
  return JSON.stringify({ type: '@schmoozer.missed', count, createdAt: now() });
}

// Without `_version`: the package's receiver in a browser accepts only messages that have one, and its format has no
// microsteps.
function microstep(event: MicrostepEvent, { allow }: Settings): Fields {
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

export function frame(
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
