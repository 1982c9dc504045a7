/**
 * Shows links in the Stately inspector, or in that of `@schmoozer/inspector`; only fields that you name leave the
 * process.
 *
 * @packageDocumentation
 */
export { createInspector, type Inspector } from './inspect/createInspector.js';
export type {
  InspectorAllow,
  InspectorApp,
  InspectorOptions,
  InspectorWebSocket,
  InspectorWebSocketClass,
} from './inspect/options.js';
export type { WatchableLink } from './inspect/watched.js';
