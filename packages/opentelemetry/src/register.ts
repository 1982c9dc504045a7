/**
 * Switches the instrumentation on when it is loaded: `node --import @schmoozer/opentelemetry/register`.
 *
 * @packageDocumentation
 */
import { SchmoozerInstrumentation } from './schmoozerInstrumentation.js';

/** For `node --import`, after the module that sets the global providers. */
export const instrumentation = new SchmoozerInstrumentation();
