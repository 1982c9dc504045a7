/**
 * Tests without waiting: a clock that you move, connectors and limiters that you script, and a test of your app against
 * the model of the machine.
 *
 * @packageDocumentation
 */
export type { ModelTestApp, ModelTestKit, ModelTestLink } from './testing/app.js';
export { ModelTestCoverageError, type ModelTestCoverage } from './testing/coverage.js';
export type { Exploration, ExploreOptions } from './testing/explore.js';
export { modelTest, type ModelTest, type ModelTestPath } from './testing/modelTest.js';
export type {
  ModelTestCommand,
  ModelTestConfig,
  ModelTestMoment,
  ModelTestOptions,
} from './testing/modelTestConfig.js';
export { ModelTestError } from './testing/modelTestError.js';
export type { ModelTestPathOptions } from './testing/paths.js';
export type { Eventually } from './testing/realTime.js';
export {
  scriptedConnector,
  type ScriptedCall,
  type ScriptedConnection,
  type ScriptedConnector,
  type ScriptedConnectorOptions,
} from './testing/scriptedConnector.js';
export {
  scriptedLimiter,
  type ScriptedLimiter,
  type ScriptedLimiterOptions,
  type ScriptedPermit,
  type ScriptedRequest,
} from './testing/scriptedLimiter.js';
export type {
  ModelTestEvent,
  ModelTestOutcome,
  ModelTestPassing,
  ModelTestState,
} from './testing/userModel.js';
export { virtualClock, type VirtualClock } from './testing/virtualClock.js';
