/**
 * A link keeps one connection alive: `run` and `createReconnectActor`, the machine to embed, the backoffs and the
 * errors.
 *
 * @packageDocumentation
 */
export { reconnectMachine, type ReconnectMachine } from './machine/reconnectMachine.js';
export { reconnectMachineOf } from './machine/reconnectMachineOf.js';
export {
  createReconnectActor,
  ReconnectActor,
  type ReconnectActorOptions,
  type ReconnectSnapshot,
} from './machine/reconnectActor.js';
export * from './compiled/common.js';
