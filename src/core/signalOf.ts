import { resolveOptions } from './check.js';
import type { ConnectContext } from './connector.js';

/** Names that are accepted beside `signal`: a whole context may be passed as the options of a function. */
export const contextNames: readonly (keyof ConnectContext)[] = [
  'signal',
  'attempt',
  'epoch',
  'lastError',
];

/** Returns the signal of a function that has no other option. */
export function signalOf(options: { readonly signal?: AbortSignal }): AbortSignal | undefined {
  return resolveOptions<Partial<ConnectContext>, object>(options, {}, contextNames).signal;
}
