import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConnectTraceMessage, DiagnosticsMessages } from 'schmoozer/diagnostics';
import type { Guard } from './guard.js';

/** The messages of the subscribed channels, by channel. */
interface Messages extends DiagnosticsMessages {
  readonly 'tracing:schmoozer:connect:start': ConnectTraceMessage;
  readonly 'tracing:schmoozer:connect:asyncEnd': ConnectTraceMessage;
}

export type Handlers = {
  readonly [Name in keyof Messages]?: (message: Messages[Name]) => void;
};

/** The handlers of a recording, and its end. */
export interface Recording {
  readonly handlers: Handlers;
  readonly stop: () => void;
}

/**
 * Subscribes the recording's handlers; returns a function that unsubscribes them. A subscriber that throws would end
 * the process.
 */
export function listen(guard: Guard, { handlers, stop }: Recording): () => void {
  const ends = Object.entries(handlers).map(([name, handle]) => {
    const listener = (message: unknown) => {
      try {
        handle(message as never);
      } catch (error) {
        guard.report(error);
      }
    };
    subscribe(name, listener);
    return () => unsubscribe(name, listener);
  });
  return () => {
    for (const end of ends) end();
    guard.call(stop);
  };
}
