export {
  scriptedConnector,
  type ScriptedCall,
  type ScriptedConnection,
  type ScriptedConnector,
  type ScriptedConnectorOptions,
} from './testing/scriptedConnector.js';
export { virtualClock, type VirtualClock } from './testing/virtualClock.js';
