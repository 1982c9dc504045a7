export { inspectV4, type InspectV4, type InspectV4Options } from './inspectV4.js';
export type { InspectedEvent } from './inspectedEvent.js';
export type { GuardedClient, ServerTarget } from './serverTools.js';
export type { WindowTarget } from './windowTools.js';
