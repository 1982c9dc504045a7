/** The root entry, whose actors are those of the compiled engine: the project `compiled` runs tests with it. */
export * from '../../src/index.js';
export { createReconnectActor } from '../../src/compiled.js';
