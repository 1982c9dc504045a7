import { Bridge } from './bridge.js';
import type { InspectedEvent } from './inspectedEvent.js';
import {
  checkNames,
  InvalidInspectV4OptionError,
  type InspectV4Options,
  resolveOptions,
} from './options.js';
import { serverTools, type ServerTarget } from './serverTools.js';
import { windowTools, type WindowTarget } from './windowTools.js';

/** Pass it as the option `inspect` to an XState v5 actor; it never throws. */
export interface InspectV4 {
  (event: InspectedEvent): void;
  /** Ends the display; the server, or the page, stays open. */
  stop(): void;
}

/**
 * Shows machines of XState v5 in tools for `@xstate/inspect`. The tools connect to a WebSocket server of this process,
 * or they are a page in a window or an iframe.
 *
 * @throws InvalidInspectV4OptionError when an option is unknown; TypeError when there is neither a server nor a window
 */
export function inspectV4(
  target: ServerTarget | WindowTarget,
  options: InspectV4Options = {},
): InspectV4 {
  checkNames('target', target, ['server', 'origins', 'url', 'iframe']);
  refuseIgnored(target);
  const { microsteps, allow } = resolveOptions(options);
  const tools = 'server' in target ? serverTools(target) : windowTools(target);
  const bridge = new Bridge(tools, allow, microsteps);
  const inspect = (event: InspectedEvent) => {
    if (!tools.isOpen) return;
    try {
      bridge.follow(event);
    } catch {
      // A machine that XState 4 cannot draw is not shown; the app must not suffer from it.
    }
  };
  const stop = () => {
    bridge.stop();
    tools.close();
  };
  return Object.assign(inspect, { stop });
}

/** Refuses options of the other target, such as `origins` of a window. */
function refuseIgnored(target: ServerTarget | WindowTarget): void {
  const [own, ignored] = 'server' in target ? ['server', ['url', 'iframe']] : ['url', ['origins']];
  for (const [name, value] of Object.entries(target)) {
    if (value === undefined || !ignored.includes(name)) continue;
    throw new InvalidInspectV4OptionError(name, `left out beside \`${own}\``, value);
  }
}
