export { type Inspector, startInspector } from './server/startInspector.js';
export { type InspectorOptions, InvalidInspectorOptionError } from './server/options.js';
export { PortInUseError } from './server/portInUse.js';
