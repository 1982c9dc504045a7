export { createInspector, type Inspector } from './inspect/createInspector.js';
export type {
  InspectorAllow,
  InspectorOptions,
  InspectorWebSocket,
  InspectorWebSocketClass,
} from './inspect/options.js';
