export { createInspector, type Inspector } from './inspect/createInspector.js';
export type {
  InspectorAllow,
  InspectorApp,
  InspectorOptions,
  InspectorWebSocket,
  InspectorWebSocketClass,
} from './inspect/options.js';
export type { WatchableLink } from './inspect/watched.js';
