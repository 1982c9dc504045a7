// Why: docs/decisions/0016-offline-burns-no-attempt.md
import { checkPositive, resolveOptions } from '../core/check.js';
import type { ConnectContext, Connector } from '../core/connector.js';
import { passOn } from '../core/passOn.js';
import { retryable } from '../core/retryable.js';
import { classify } from '../policy/classify.js';
import { OfflineError } from './offlineError.js';
import { type BrowserSources, resolveSources } from './sources.js';

/** How long attempts are held back, and what says whether the browser is online. */
export interface WhileOnlineOptions extends Pick<BrowserSources, 'window' | 'navigator'> {
  /**
   * How long an attempt is held back while the browser says that it is offline, before one is made even so, in
   * milliseconds. Default 60 000; bounds > 0; `Infinity` believes the browser for ever.
   */
  readonly probeMs?: number;
}

/** The options' defaults; each stands here only. */
const defaults = {
  probeMs: 60_000,
};

/**
 * The connector, without its attempts while the browser is offline: they end with OfflineError before
 * `connect` is called, and do not count. The machine waits then, until `reconnectOnWake` hears `online`.
 *
 * An attempt that is under way when the browser goes offline is called back by its signal. One that comes right after
 * another was held back is let through: somebody sent `reconnect`, or `probeMs` is over.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function whileOnline<TConnection, TOutput>(
  connector: Connector<TConnection, TOutput>,
  options: WhileOnlineOptions = {},
): Connector<TConnection, TOutput> {
  const settings = resolveOptions(options, defaults, ['window', 'navigator']);
  const probeMs = checkPositive('probeMs', settings.probeMs);
  const { window, isOffline } = resolveSources(settings);
  const held = (error?: unknown) =>
    retryable(new OfflineError(error), { delayMs: probeMs, consumesAttempt: false });

  async function connect(context: ConnectContext): Promise<TConnection> {
    const { signal } = context;
    if (isOffline() && !(context.lastError instanceof OfflineError)) throw held();
    const controller = new AbortController();
    const stop = () => controller.abort(signal.reason);
    const callBack = () => controller.abort(new OfflineError());
    signal.addEventListener('abort', stop);
    window.addEventListener('offline', callBack);
    const own = {
      signal: controller.signal,
      attempt: context.attempt,
      epoch: context.epoch,
      lastError: context.lastError,
    };
    try {
      return await connector.connect(own);
    } catch (error) {
      if (signal.aborted || !isOffline()) throw error;
      const judgement = classify(error, connector, {
        phase: 'connect',
        attempt: context.attempt,
        epoch: context.epoch - 1,
        // A context does not say; a session before this one is the nearest there is.
        hasBeenStable: context.epoch > 1,
      });
      throw judgement.verdict === 'transient' ? held(judgement.error) : error;
    } finally {
      // As in every context, once the attempt is over.
      own.lastError = undefined;
      signal.removeEventListener('abort', stop);
      window.removeEventListener('offline', callBack);
    }
  }

  return passOn(connector, { connect, run: connector.run.bind(connector) });
}
