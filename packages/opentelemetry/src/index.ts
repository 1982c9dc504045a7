/**
 * Metrics and spans of all links, by OpenTelemetry.
 *
 * @packageDocumentation
 */
export {
  SchmoozerInstrumentation,
  type SchmoozerInstrumentationConfig,
} from './schmoozerInstrumentation.js';
