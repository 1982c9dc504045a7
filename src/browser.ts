export { OfflineError } from './errors.js';
export { onlineConnector, type OnlineConnectorOptions } from './browser/onlineConnector.js';
export type { BrowserSources } from './browser/sources.js';
export { type Wakeable, wakeOn, type WakeOptions, type WakeReason } from './browser/wakeOn.js';
