import { checkNames, checkObject } from '../core/check.js';
import type { Clock } from '../core/clock.js';
import type { Connector } from '../core/connector.js';
import { InvalidOptionError } from '../core/errors.js';
import { optionNames, type ReconnectOptions } from '../machine/settings.js';
import type { CompiledActor } from './compiledActor.js';
import { OpenLink } from './openLink.js';

/** The options of the machine and of its actor. */
export interface CompiledActorOptions extends ReconnectOptions {
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Receives errors that nothing else handles. Default: `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
  /** The name of the actor, for logs, inspectors and diagnostics. Default: one that is unique within this engine. */
  readonly id?: string;
}

/** The names of the options. */
export const compiledOptionNames: readonly string[] = [...optionNames, 'clock', 'logger', 'id'];

/**
 * Creates an actor that keeps a connection alive; `.start()` starts it, `.close()` ends it. It runs the chart of
 * `reconnectMachine` as compiled code: without XState, and without inspection.
 *
 * @throws InvalidOptionError when an option is missing, unknown or out of bounds
 */
export function createReconnectActor<TConnection, TOutput = void>(
  connector: Connector<TConnection, TOutput>,
  options: CompiledActorOptions = {},
): CompiledActor<TOutput, TConnection> {
  checkCompiledOptions(options, compiledOptionNames);
  const { clock, logger, id, ...machineOptions } = options;
  const actor = new OpenLink({ ...machineOptions, connector }, { clock, logger, id });
  return actor as unknown as CompiledActor<TOutput, TConnection>;
}

/** @throws InvalidOptionError when an option needs XState; the message names the import to use */
export function checkCompiledOptions(options: object, names: readonly string[]): void {
  checkObject('options', options);
  for (const name of ['inspect', 'systemId'] as const) {
    const value = (options as Record<string, unknown>)[name];
    if (value === undefined) continue;
    const expected = "left out: use `createReconnectActor` of 'schmoozer', which runs on XState";
    throw new InvalidOptionError(name, expected, value, typeof value);
  }
  checkNames(options, names);
}
