export { OfflineError } from './browser/offlineError.js';
export { whileOnline, type WhileOnlineOptions } from './browser/whileOnline.js';
export type { BrowserSources } from './browser/sources.js';
export {
  type Wakeable,
  reconnectOnWake,
  type ReconnectOnWakeOptions,
  type WakeReason,
} from './browser/reconnectOnWake.js';
