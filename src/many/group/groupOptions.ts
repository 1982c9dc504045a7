import {
  checkFunction,
  checkMethods,
  checkNames,
  checkObject,
  checkRange,
  MAX_TIMER_MS,
} from '../../core/check.js';
import type { Clock } from '../../core/clock.js';
import { checkLimiter, type ConnectLimiter } from '../../core/limiter.js';
import { systemClock } from '../../compiled/systemClock.js';
import {
  defaults as linkDefaults,
  optionNames,
  type ReconnectOptions,
  resolveSettings,
} from '../../machine/settings.js';
import { connectLimiter } from '../connectLimiter.js';
import { ABSENT } from './linkDefinition.js';
import { resolveRestart, type RestartOptions } from './restarts.js';

/** The options of a group, and the machine's options for all of its links. */
export interface GroupOptions extends Omit<ReconnectOptions, 'limiter' | 'resumePoint'> {
  /** The limiter of all links. Default: `connectLimiter()`, with the group's clock; `false` for none. */
  readonly limiter?: ConnectLimiter | false;
  /**
   * Time between the starts of two links, restarts included, in milliseconds. Default: 0, so each link is started when
   * it is added, and only the limiter paces them. Bounds: 0 to 2 147 483 647; below 1, several are started each
   * millisecond.
   */
  readonly staggerMs?: number;
  /** How failed links are restarted. Default: that of `RestartOptions`. */
  readonly restart?: RestartOptions;
  /** Sets the timers; a test passes `virtualClock()`. Default: the global `setTimeout` and `clearTimeout`. */
  readonly clock?: Clock;
  /** Receives errors that nothing else handles. Default: `console.log`. */
  readonly logger?: (...args: unknown[]) => void;
}

const ownNames = ['limiter', 'staggerMs', 'restart', 'clock', 'logger'] as const;
const groupOptionNames: readonly string[] = [
  ...optionNames.filter((name) => name !== 'limiter' && name !== 'resumePoint'),
  ...ownNames,
];

/** The only list of defaults. */
export const groupDefaults = { staggerMs: 0 };

/** @throws InvalidOptionError when an option is unknown or out of bounds */
export function resolveGroup(options: GroupOptions) {
  checkObject('options', options);
  checkNames(options, groupOptionNames);
  const { limiter, staggerMs, restart, clock, logger, ...common } = options;
  const now = common.now ?? linkDefaults.now;
  const settings = {
    staggerMs: checkRange('staggerMs', staggerMs ?? groupDefaults.staggerMs, 0, MAX_TIMER_MS),
    restart: resolveRestart(restart ?? {}),
    clock: checkMethods('clock', clock ?? systemClock, ['setTimeout', 'clearTimeout']),
    logger: checkFunction('logger', logger ?? console.log),
    now: checkFunction('now', now),
  };
  const linkOptions: ReconnectOptions = {
    ...common,
    ...(limiter !== false && { limiter: limiterOf(limiter, settings) }),
  };
  resolveSettings({ ...linkOptions, connector: ABSENT });
  return { ...settings, linkOptions };
}

function limiterOf(
  limiter: ConnectLimiter | undefined,
  settings: { readonly clock: Clock; readonly now: () => number },
): ConnectLimiter {
  const { clock, now } = settings;
  return limiter === undefined || limiter === null
    ? connectLimiter({ clock, now })
    : checkLimiter(limiter);
}
