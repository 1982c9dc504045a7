/**
 * Starts the live picture of actors from a program; the command `schmoozer-inspector` does the same.
 *
 * @packageDocumentation
 */
export { type Inspector, startInspector } from './server/startInspector.js';
export {
  type InspectorOptions,
  type SentCommand,
  InvalidInspectorOptionError,
} from './server/options.js';
export { RecordingError } from './server/recording.js';
export { PortInUseError } from './server/portInUse.js';
