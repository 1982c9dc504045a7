/**
 * Switches the instrumentation on when it is loaded: `node --import @schmoozer/opentelemetry/register`.
 *
 * @packageDocumentation
 */
import { SchmoozerInstrumentation } from './schmoozerInstrumentation.js';

/**
 * The instrumentation, which is on as soon as this module is loaded. Load it with `node --import`, after the module
 * that sets the global providers.
 */
export const instrumentation = new SchmoozerInstrumentation();
