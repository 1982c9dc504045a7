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
   * How long attempts are held back while the browser reports that it is offline, in milliseconds; after that one
   * attempt is made anyway. Default: 60 000. Bounds: > 0; `Infinity` always believes the browser.
   */
  readonly probeMs?: number;
}

/** The options' only list of defaults. */
const defaults = {
  probeMs: 60_000,
};

/**
 * Wraps a connector so that attempts are held back while the browser is offline: such an attempt fails with
 * OfflineError before `connect` is called, and does not count. The link then waits until `reconnectOnWake` notices that
 * the browser is online, but at most `probeMs`.
 *
 * If the browser goes offline during an attempt, that attempt is aborted. After an attempt was held back, the next one
 * is made even while the browser reports that it is offline, because it comes only after a `reconnect` command or after
 * `probeMs`.
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
        // A context does not contain this; an earlier session is the closest known fact.
        hasBeenStable: context.epoch > 1,
      });
      throw judgement.verdict === 'transient' ? held(judgement.error) : error;
    } finally {
      // Cleared after the attempt, as in every context.
      own.lastError = undefined;
      signal.removeEventListener('abort', stop);
      window.removeEventListener('offline', callBack);
    }
  }

  return passOn(connector, { connect, run: connector.run.bind(connector) });
}
