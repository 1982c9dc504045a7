/**
 * A set of named links: they can be added and removed while the program runs, and are restarted, watched and stopped
 * together.
 *
 * @packageDocumentation
 */
export type { CompiledActor } from './compiled/compiledActor.js';
export type { ConnectLimiter } from './core/limiter.js';
export { createGroup } from './many/group/createGroup.js';
export type { Group, SyncResult } from './many/group/group.js';
export type { GroupEmitted, GroupOutput } from './many/group/groupEvents.js';
export {
  type GroupCommand,
  type GroupInput,
  groupLogic,
  type GroupLogic,
  type GroupLogicEmitted,
  type GroupSnapshot,
} from './many/group/groupLogic.js';
export type { GroupOptions } from './many/group/groupOptions.js';
export { GroupStoppedError } from './many/group/groupStoppedError.js';
export {
  type Health,
  healthOf,
  type HealthOptions,
  type HealthSource,
  type HealthSummary,
  type LinkHealth,
} from './many/group/healthOf.js';
export type { ConnectorSource, LinkDefinition, LinkOptions } from './many/group/linkDefinition.js';
export type { LinkState } from './many/group/linkState.js';
export type { RestartOptions, RestartScope } from './many/group/restarts.js';
export type { GroupStopOptions, StopOrder } from './many/group/shutdown.js';
