import { resolveOptions } from './check.js';
import type { ConnectContext } from './connector.js';

/** A whole context may be given as the options of a function, for the signal in it. */
export const contextNames: readonly (keyof ConnectContext)[] = [
  'signal',
  'attempt',
  'epoch',
  'lastError',
];

/** The signal of a function that takes no other option. */
export function signalOf(options: { readonly signal?: AbortSignal }): AbortSignal | undefined {
  return resolveOptions<Partial<ConnectContext>, object>(options, {}, contextNames).signal;
}
