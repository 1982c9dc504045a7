import { SchmoozerInstrumentation } from './schmoozerInstrumentation.js';

/** For `node --import`, after what sets the global providers. */
export const instrumentation = new SchmoozerInstrumentation();
