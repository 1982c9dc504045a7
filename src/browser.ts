/**
 * For links in a browser. With `whileOnline` a link makes by default one attempt a minute while the browser is offline;
 * `reconnectOnWake` makes a waiting link connect when the device is online or awake again.
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
