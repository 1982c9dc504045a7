/**
 * The state of a browser: `whileOnline` makes no attempt while it is offline, `reconnectOnWake` connects as soon as it
 * is awake.
 *
 * @packageDocumentation
 */
export { OfflineError } from './browser/offlineError.js';
export { whileOnline, type WhileOnlineOptions } from './browser/whileOnline.js';
export type { BrowserSources } from './browser/sources.js';
export {
  type Wakeable,
  reconnectOnWake,
  type ReconnectOnWakeOptions,
  type WakeReason,
} from './browser/reconnectOnWake.js';
