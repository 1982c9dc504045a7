export {
  SchmoozerInstrumentation,
  type SchmoozerInstrumentationConfig,
} from './schmoozerInstrumentation.js';
