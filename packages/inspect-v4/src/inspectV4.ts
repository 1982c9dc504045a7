import { Bridge } from './bridge.js';
import type { InspectedEvent } from './inspectedEvent.js';
import { serverTools, type ServerTarget } from './serverTools.js';
import { windowTools, type WindowTarget } from './windowTools.js';

export interface InspectV4Options {
  /** Also shows the states inside a transition. Default `false`. */
  readonly microsteps?: boolean;
  /**
   * The fields of contexts and events that are shown, if they hold a string, a number, a boolean or null.
   * Default `attempt`, `epoch`, `delayMs`.
   */
  readonly allow?: readonly string[];
}

/** For the option `inspect` of an actor of XState v5; it never throws. */
export interface InspectV4 {
  (event: InspectedEvent): void;
  /** Ends what is shown; the server, or the page, stays open. */
  stop(): void;
}

/**
 * Shows machines of XState v5 in tools made for `@xstate/inspect`: through its own server, or in a window
 * or an iframe.
 *
 * @throws TypeError when neither a server nor a window is there
 */
export function inspectV4(
  target: ServerTarget | WindowTarget,
  options: InspectV4Options = {},
): InspectV4 {
  const { microsteps = false, allow = ['attempt', 'epoch', 'delayMs'] } = options;
  const tools = 'server' in target ? serverTools(target) : windowTools(target);
  const bridge = new Bridge(tools, allow, microsteps);
  const inspect = (event: InspectedEvent) => {
    if (!tools.isOpen) return;
    try {
      bridge.follow(event);
    } catch {
      // A machine that XState 4 cannot draw is not shown; the app is not to suffer from it.
    }
  };
  const stop = () => {
    bridge.stop();
    tools.close();
  };
  return Object.assign(inspect, { stop });
}
