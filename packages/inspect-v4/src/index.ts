/**
 * A bridge from XState v5 to tools that were made for `@xstate/inspect` of version 4.
 *
 * @packageDocumentation
 */
export { inspectV4, type InspectV4 } from './inspectV4.js';
export { type InspectV4Options, InvalidInspectV4OptionError } from './options.js';
export type { InspectedEvent } from './inspectedEvent.js';
export type { GuardedClient, ServerTarget } from './serverTools.js';
export type { WindowTarget } from './windowTools.js';
