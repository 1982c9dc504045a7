import type { ActorLogic, ActorScope, ActorSystem, ActorSystemInfo } from 'xstate';
import { checkNames, checkObject, checkOneOf } from '../../core/check.js';
import { clockOf } from '../../core/clock.js';
import { NotRestorableError } from '../../core/errors.js';
import type { ReconnectCommand } from '../../machine/vocabulary.js';
import { GroupCore } from './groupCore.js';
import type { GroupEmitted, GroupOutput } from './groupEvents.js';
import { type GroupOptions, resolveGroup } from './groupOptions.js';
import { type HealthSummary, noStates, summaryOf } from './healthOf.js';
import type { LinkDefinition } from './linkDefinition.js';
import type { GroupStopOptions } from './shutdown.js';

/** The commands that a parent may send to a group. */
export type GroupCommand =
  | ({ readonly type: 'add' } & Omit<LinkDefinition, 'version'>)
  | { readonly type: 'remove'; readonly name: string; readonly reason?: unknown }
  | { readonly type: 'sync'; readonly links: Iterable<LinkDefinition> }
  | { readonly type: 'restart'; readonly name: string }
  /** Sends a command to one link, or to all if there is no name. */
  | { readonly type: 'send'; readonly name?: string; readonly command: ReconnectCommand }
  | ({ readonly type: 'stop' } & GroupStopOptions);

/** The events of the logic: those of the group, and rejected commands. */
export type GroupLogicEmitted =
  | GroupEmitted
  | {
      /** A command had no effect. */
      readonly type: 'command.rejected';
      readonly command: GroupCommand;
      readonly error: unknown;
    };

/** The input of a `groupLogic` actor. */
export interface GroupInput {
  /** The links to begin with. Default: none. */
  readonly links?: Iterable<LinkDefinition>;
  /** The options of `createGroup`; clock and logger are the actor's. Default: those of `createGroup`. */
  readonly options?: Omit<GroupOptions, 'clock' | 'logger'>;
}

/** The status of the group, and the state of its links. */
export type GroupSnapshot = (
  | { readonly status: 'active'; readonly output: undefined; readonly error: undefined }
  | { readonly status: 'done'; readonly output: GroupOutput; readonly error: undefined }
  | { readonly status: 'error'; readonly output: undefined; readonly error: unknown }
  | { readonly status: 'stopped'; readonly output: undefined; readonly error: undefined }
) & { readonly health: HealthSummary };

/** The type of `groupLogic`. */
export type GroupLogic = ActorLogic<
  GroupSnapshot,
  GroupCommand,
  GroupInput | undefined,
  ActorSystem<ActorSystemInfo>,
  GroupLogicEmitted
>;

type Scope = ActorScope<
  GroupSnapshot,
  GroupCommand,
  ActorSystem<ActorSystemInfo>,
  GroupLogicEmitted
>;

/** The events that the group sends to its own actor. */
type News =
  | { readonly type: 'group.changed' }
  | { readonly type: 'group.over'; readonly output: GroupOutput }
  | { readonly type: 'xstate.stop' };

interface Kept {
  readonly input: GroupInput;
  core?: GroupCore;
}

/** Stored by actor, because snapshots are visible to others. */
const kept = new WeakMap<object, Kept>();

/**
 * A group as actor logic for XState, to be invoked or spawned. Its snapshot contains the `health`, and it emits the
 * events of the group.
 */
export const groupLogic: GroupLogic = {
  getInitialSnapshot(scope, input = {}) {
    checkObject('input', input);
    checkNames(input, ['links', 'options']);
    const { links = [], options = {} } = input;
    // Invalid options are an error of the actor, as with every other logic.
    resolveGroup(options);
    kept.set(scope.self, { input: { links: [...links], options } });
    return active(summaryOf(noStates()));
  },
  start(_snapshot, scope) {
    const own = kept.get(scope.self);
    if (own === undefined) throw new NotRestorableError();
    const { input, core: earlier } = own;
    const core = coreOf(scope, input);
    own.core = core;
    core.on('*', (event) => {
      scope.emit(event);
      if (event.type === 'group.ended') tell(scope, { type: 'group.over', output: event.output });
    });
    // React's strict mode stops an actor and starts it again, with the links that it had by then.
    core.sync(earlier?.definitions ?? (input.links as Iterable<LinkDefinition>));
  },
  transition(_snapshot, event: GroupCommand | News, scope) {
    const core = kept.get(scope.self)?.core as GroupCore;
    if (event.type === 'xstate.stop') {
      core.halt();
      return { status: 'stopped', output: undefined, error: undefined, health: core.summary };
    }
    if (event.type === 'group.over') {
      return { status: 'done', output: event.output, error: undefined, health: core.summary };
    }
    if (event.type !== 'group.changed') obey(core, event, scope);
    return active(core.summary);
  },
  getPersistedSnapshot: (snapshot) => snapshot,
};

function active(health: HealthSummary): GroupSnapshot {
  return { status: 'active', output: undefined, error: undefined, health };
}

/** Creates the core; several changes in one turn are reported once. */
function coreOf(scope: Scope, { options }: GroupInput): GroupCore {
  let isTold = false;
  const changed = () => {
    if (isTold) return;
    isTold = true;
    queueMicrotask(() => {
      isTold = false;
      if (!core.isOver) tell(scope, { type: 'group.changed' });
    });
  };
  const clock = clockOf(scope.self);
  const core = new GroupCore({ ...options, clock, logger: scope.logger }, changed);
  return core;
}

function tell({ self }: Scope, news: News): void {
  (self as unknown as { send(event: News): void }).send(news);
}

function obey(core: GroupCore, command: GroupCommand, scope: Scope): void {
  try {
    follow(core, command);
  } catch (error) {
    scope.emit({ type: 'command.rejected', command, error });
  }
}

const commands = ['add', 'remove', 'sync', 'restart', 'send', 'stop'] as const;

function follow(core: GroupCore, command: GroupCommand): void {
  checkOneOf('type', command.type, commands);
  switch (command.type) {
    case 'add':
      return core.add(command.name, command.connector, command.options);
    case 'remove':
      return void core.remove(command.name, command.reason);
    case 'sync':
      return void core.sync(command.links);
    case 'restart':
      return void core.restart(command.name);
    case 'send': {
      const { name, command: sent } = command;
      for (const each of name === undefined ? core.names : [name]) core.get(each)?.send(sent);
      return;
    }
    case 'stop': {
      const { type: _, ...options } = command;
      return void core.stop(options);
    }
  }
}
