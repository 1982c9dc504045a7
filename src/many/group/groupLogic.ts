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

/** What a parent may ask of a group. */
export type GroupCommand =
  | ({ readonly type: 'add' } & Omit<LinkDefinition, 'version'>)
  | { readonly type: 'remove'; readonly name: string; readonly reason?: unknown }
  | { readonly type: 'sync'; readonly links: Iterable<LinkDefinition> }
  | { readonly type: 'restart'; readonly name: string }
  /** Sends a command to one link, or without a name to all. */
  | { readonly type: 'send'; readonly name?: string; readonly command: ReconnectCommand }
  | ({ readonly type: 'stop' } & GroupStopOptions);

/** What the logic emits: what a group does, and commands that it could not follow. */
export type GroupLogicEmitted =
  | GroupEmitted
  | {
      /** The command has changed nothing. */
      readonly type: 'command.rejected';
      readonly command: GroupCommand;
      readonly error: unknown;
    };

/** What an actor of `groupLogic` is created with. */
export interface GroupInput {
  /** The links to begin with. Default none. */
  readonly links?: Iterable<LinkDefinition>;
  /** Those of `createGroup`; clock and logger are the actor's. Default those of `createGroup`. */
  readonly options?: Omit<GroupOptions, 'clock' | 'logger'>;
}

/** How far it is, and how its links are. */
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

/** What the group tells its own actor. */
type News =
  | { readonly type: 'group.changed' }
  | { readonly type: 'group.over'; readonly output: GroupOutput }
  | { readonly type: 'xstate.stop' };

interface Kept {
  readonly input: GroupInput;
  core?: GroupCore;
}

/** By actor: a snapshot is seen by others. */
const kept = new WeakMap<object, Kept>();

/** A group as logic for actors of XState, to be invoked or spawned. Its snapshot has the `health`, its emitted events are those of the group. */
export const groupLogic: GroupLogic = {
  getInitialSnapshot(scope, input = {}) {
    checkObject('input', input);
    checkNames(input, ['links', 'options']);
    const { links = [], options = {} } = input;
    // What is wrong with the options is an error of the actor, as with every other logic.
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
    // React's strict mode stops an actor and starts it again: with what it had by then.
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

/** Many changes in one turn are one piece of news. */
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
