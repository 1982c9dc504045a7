/**
 * The same link without XState: the chart is compiled to plain code, which costs about as much CPU as a hand-written
 * loop.
 *
 * @packageDocumentation
 */
export type { CompiledActor, Selection } from './compiled/compiledActor.js';
export {
  type CompiledActorOptions,
  createReconnectActor,
} from './compiled/createReconnectActor.js';
export { reconnectLogic, type ReconnectLogic } from './compiled/reconnectLogic.js';
export type { CompiledSnapshot } from './compiled/snapshot.js';
export * from './compiled/common.js';
