// Why: docs/decisions/0084-a-kept-link-begins-again.md
import { checkFunction } from '../core/check.js';
import type { AnyConnector, Connector } from '../core/connector.js';
import { createContext } from './context.js';
import { machineOf, reconnectMachine, type ReconnectMachine } from './reconnectMachine.js';
import { heldCommand, postponeEnd } from './restored.js';
import { type ReconnectOptions, resumeFrom } from './settings.js';

/**
 * Returns `reconnectMachine` bound to a connector, with the type of the connector's `Break(value)` as the type of its
 * output. It needs no `input`, and it can start again from a stored snapshot, with the `attempt` and the `epoch` of
 * that snapshot.
 *
 * @param connect creates the connector of each actor from the actor's `id`
 * @param options of each actor
 * @throws InvalidOptionError when `connect` is not a function
 */
export function reconnectMachineOf<TConnection, TOutput = void>(
  connect: (id: string) => Connector<TConnection, TOutput>,
  options?: ReconnectOptions,
): ReconnectMachine<TOutput, ReconnectOptions | undefined>;
/**
 * Without `connect`: returns the machine that takes the connector from `input`, as `reconnectMachine` does; only its
 * type is narrower.
 */
export function reconnectMachineOf<TOutput = unknown>(): ReconnectMachine<TOutput>;
export function reconnectMachineOf(
  connect?: (id: string) => AnyConnector,
  options?: ReconnectOptions,
): unknown {
  if (connect === undefined) return reconnectMachine;
  checkFunction('connect', connect);
  return machineOf(
    ({ input, self }) => {
      const own = { ...options, ...(input as ReconnectOptions | undefined) };
      const context = createContext({ ...own, connector: connect(self.id) });
      return { ...context, ...postponeEnd(context) };
    },
    (kept, scope, initial) => {
      const snapshot = initial(scope, { resumePoint: resumeFrom(kept) } as never);
      // Newer versions of XState do not throw.
      if (snapshot.status === 'error') throw snapshot.error;
      const command = heldCommand(kept);
      // Sent at the start, before `connect` is called.
      if (command !== undefined) scope.defer(() => scope.self.send(command));
      return snapshot;
    },
  );
}
