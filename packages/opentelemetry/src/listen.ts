import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
import type { ConnectTraceMessage, DiagnosticsMessages } from 'schmoozer/diagnostics';

/** The messages that are listened to, by their channels. */
interface Messages extends DiagnosticsMessages {
  readonly 'tracing:schmoozer:connect:start': ConnectTraceMessage;
  readonly 'tracing:schmoozer:connect:asyncEnd': ConnectTraceMessage;
}

export type Handlers = {
  readonly [Name in keyof Messages]?: (message: Messages[Name]) => void;
};

/**
 * Subscribes all of them. What one throws would end the process: the first error goes to the diagnostics of
 * OpenTelemetry, and none to the link.
 *
 * @returns ends all subscriptions
 */
export function listen(...all: readonly Handlers[]): () => void {
  const report = reporter();
  const ends = all.flatMap((handlers) =>
    Object.entries(handlers).map(([name, handle]) => {
      const listener = (message: unknown) => {
        try {
          (handle as (message: unknown) => void)(message);
        } catch (error) {
          report(error);
        }
      };
      subscribe(name, listener);
      return () => unsubscribe(name, listener);
    }),
  );
  return () => {
    for (const end of ends) end();
  };
}

function reporter(): (error: unknown) => void {
  let hasReported = false;
  return (error) => {
    if (hasReported) return;
    hasReported = true;
    try {
      diag.error('@schmoozer/opentelemetry: what a link did was not recorded', error);
    } catch {
      // Its logger is the user's, and there is nobody else to report to.
    }
  };
}
