import { reconnectMachine, type ReconnectMachine, reconnectMachineOf } from 'schmoozer';
import { reconnectLogic } from 'schmoozer/compiled';

/** The engine that `createReconnectActor` of the tests makes actors of: vitest.config.ts says which. */
export const engine = process.env['SCHMOOZER_ENGINE'] === 'compiled' ? 'compiled' : 'xstate';

/** What the tests of a behaviour do that the compiled engine has not: they run on XState alone. */
const lacks = {
  inspect: 'an inspector sees the microsteps, actions and children of XState: there are none',
  systemId: 'an actor of the compiled engine is in no system',
  startAgain: 'an actor of XState that @xstate/react has made is stopped and started again by it',
} as const;

/** For `it.skipIf`: whether the engine of this run lacks what a test needs. */
export function lacking(what: keyof typeof lacks): boolean {
  return engine === 'compiled' && what in lacks;
}

/** What a parent invokes or spawns: the machine, or the compiled engine's logic. */
export const embedded =
  engine === 'compiled' ? (reconnectLogic() as unknown as ReconnectMachine) : reconnectMachine;

/** The same, bound to its connector. */
export const boundTo: typeof reconnectMachineOf =
  engine === 'compiled' ? (reconnectLogic as never) : reconnectMachineOf;
