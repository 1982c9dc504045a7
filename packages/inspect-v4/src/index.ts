export { inspectV4, type InspectV4 } from './inspectV4.js';
export { type InspectV4Options, InvalidInspectV4OptionError } from './options.js';
export type { InspectedEvent } from './inspectedEvent.js';
export type { GuardedClient, ServerTarget } from './serverTools.js';
export type { WindowTarget } from './windowTools.js';
