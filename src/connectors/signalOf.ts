import { resolveOptions } from '../core/check.js';
import type { ConnectContext } from '../core/connector.js';

// A whole context may be given, for the signal in it.
const names: readonly (keyof ConnectContext)[] = ['signal', 'attempt', 'epoch', 'lastError'];

/** The signal of a function that takes no other option. */
export function signalOf(options: { readonly signal?: AbortSignal }): AbortSignal | undefined {
  return resolveOptions<Partial<ConnectContext>, object>(options, {}, names).signal;
}
