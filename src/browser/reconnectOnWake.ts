// Why: docs/decisions/0017-wake-only-while-waiting.md
// Consumers whose `lib` has no `Disposable` get it from here: `reconnectOnWake` returns one.
/// <reference lib="esnext.disposable" preserve="true" />
import {
  checkAtLeast,
  checkBoolean,
  checkFunction,
  checkPositive,
  clampTimer,
  type Resolved,
  resolveOptions,
} from '../core/check.js';
import { clockOf } from '../core/clock.js';
import { type BrowserSources, resolveSources } from './sources.js';
import { watchClock } from './watchClock.js';

/** The `reason` of the `reconnect` and `probe` commands that `reconnectOnWake` sends. */
export type WakeReason = 'online' | 'visible' | 'clockJump';

/** The events that wake a link, and how quickly. */
export interface ReconnectOnWakeOptions extends BrowserSources {
  /** Reacts when the browser is online again. Default: true. */
  readonly online?: boolean;
  /** Reacts when the page becomes visible again. Default: true. */
  readonly visible?: boolean;
  /** Reacts when the wall clock has jumped, as after a sleep. Default: true. */
  readonly clockJump?: boolean;
  /** How long a change must last before it counts, in milliseconds. Default: 500. Bounds: >= 0. */
  readonly debounceMs?: number;
  /** Maximum of the random wait that is added after `online`, in milliseconds. Default: 1000. Bounds: >= 0. */
  readonly spreadMs?: number;
  /** How late a timer must fire to count as a jump of the clock, in milliseconds. Default: 10 000. Bounds: > 0. */
  readonly jumpMs?: number;
  /**
   * Minimum age of an attempt that is replaced by a fresh one, in milliseconds; a younger attempt may still succeed.
   * Default: 2000. Bounds: >= 0; `Infinity` leaves every attempt to its timeout.
   */
  readonly minAttemptMs?: number;
  /**
   * Minimum length of a clock jump, in milliseconds, after which the link drops a running session without a probe, and
   * connects again at once. Default: `Infinity`, never. Bounds: > 0.
   */
  readonly dropAfterMs?: number;
  /** The wall clock in milliseconds; it must not stop during a sleep. Default: `Date.now`. */
  readonly now?: () => number;
  /** Source of random numbers for the spread. Default: `Math.random`. */
  readonly random?: () => number;
}

/** The options' only list of defaults. */
const defaults = {
  online: true,
  visible: true,
  clockJump: true,
  debounceMs: 500,
  spreadMs: 1000,
  jumpMs: 10_000,
  minAttemptMs: 2000,
  dropAfterMs: Infinity,
  // oxlint-disable-next-line no-restricted-properties -- only the wall clock continues during a sleep
  now: () => Date.now(),
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: () => Math.random(),
};

type Settings = Resolved<ReconnectOnWakeOptions, typeof defaults>;

/**
 * A link of either engine: an actor of `createReconnectActor()`, or an invoked or spawned one of `reconnectMachine` or
 * `reconnectLogic`.
 */
export interface Wakeable {
  /** The state that decides whether the link is to be woken. */
  getSnapshot(): {
    readonly status: string;
    readonly context: { readonly startedAtMs: number | undefined };
    hasTag(tag: 'connecting' | 'online' | 'waiting'): boolean;
  };
  /** Takes the `reconnect` and `probe` commands. */
  send(command: { readonly type: 'reconnect' | 'probe'; readonly reason: WakeReason }): void;
  /** Reports each change of the state, and the end. */
  subscribe(observer: { next(): void; complete(): void; error(): void }): { unsubscribe(): void };
}

/**
 * Sends `reconnect` when the browser reports a change that makes an attempt worthwhile: the command skips the actor's
 * wait, or replaces an attempt older than `minAttemptMs`. A running session receives `probe` instead: its connector
 * asks the peer, if it can, so that a session that died during a sleep is found and a healthy one continues. A stopping
 * link is left alone. The listeners are removed when the actor ends, or when you call the returned function.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function reconnectOnWake(
  actor: Wakeable,
  options: ReconnectOnWakeOptions = {},
): (() => void) & Disposable {
  const settings = resolveSettings(options);
  const { online, visible, clockJump, debounceMs, spreadMs, jumpMs, dropAfterMs } = settings;
  const { minAttemptMs, now, random } = settings;
  const { window, document, isOffline } = resolveSources(settings);
  const clock = clockOf(actor);
  let attempt: { readonly startedAtMs: number; readonly seenAtMs: number } | undefined;
  const note = () => {
    const { startedAtMs } = actor.getSnapshot().context;
    if (startedAtMs === undefined) attempt = undefined;
    // Measured by the wall clock, which includes the time an attempt slept.
    else if (startedAtMs !== attempt?.startedAtMs) attempt = { startedAtMs, seenAtMs: now() };
  };
  const canBeSkipped = () => {
    const snapshot = actor.getSnapshot();
    if (snapshot.hasTag('waiting')) return true;
    return (
      snapshot.hasTag('connecting') &&
      attempt !== undefined &&
      now() - attempt.seenAtMs >= minAttemptMs
    );
  };
  const isHidden = () => document.visibilityState === 'hidden';

  let timer: unknown;
  const wake = (reason: WakeReason, delayMs = debounceMs) => {
    clock.clearTimeout(timer);
    const send = () => {
      if (isOffline()) return;
      if (actor.getSnapshot().hasTag('online')) actor.send({ type: 'probe', reason });
      else if (canBeSkipped()) actor.send({ type: 'reconnect', reason });
    };
    timer = clock.setTimeout(send, clampTimer(delayMs));
  };
  const onOnline = () => wake('online', debounceMs + random() * spreadMs);
  const onVisibility = () => {
    if (!isHidden()) wake('visible');
  };
  const onJump = (lateMs: number) => {
    const isDropped = lateMs >= dropAfterMs && actor.getSnapshot().hasTag('online');
    if (isDropped) actor.send({ type: 'reconnect', reason: 'clockJump' });
    else wake('clockJump');
  };

  let endWatch: (() => void) | undefined;
  const unwatch = () => {
    endWatch?.();
    endWatch = undefined;
  };
  // Without an actor that waits, the clock needs no watch.
  const follow = () => {
    note();
    const snapshot = actor.getSnapshot();
    const isWatched = snapshot.hasTag('waiting') || snapshot.hasTag('online');
    if (!clockJump || !isWatched) unwatch();
    else endWatch ??= watchClock({ clock, now, jumpMs, isHidden, onJump });
  };

  if (actor.getSnapshot().status !== 'active') return disposable(() => {});
  if (online) window.addEventListener('online', onOnline);
  if (visible) document.addEventListener('visibilitychange', onVisibility);
  const dispose = () => {
    window.removeEventListener('online', onOnline);
    document.removeEventListener('visibilitychange', onVisibility);
    clock.clearTimeout(timer);
    unwatch();
    subscription.unsubscribe();
  };
  const subscription = actor.subscribe({ next: follow, complete: dispose, error: dispose });
  follow();
  return disposable(dispose);
}

function disposable(dispose: () => void): (() => void) & Disposable {
  const symbols = Symbol.dispose === undefined ? {} : { [Symbol.dispose]: dispose };
  return Object.assign(dispose, symbols as Disposable);
}

/** @throws InvalidOptionError that names the option, the expected and the received value */
function resolveSettings(options: ReconnectOnWakeOptions): Settings {
  const settings = resolveOptions(options, defaults, ['window', 'document', 'navigator']);
  checkBoolean('online', settings.online);
  checkBoolean('visible', settings.visible);
  checkBoolean('clockJump', settings.clockJump);
  checkAtLeast('debounceMs', settings.debounceMs, 0);
  checkAtLeast('spreadMs', settings.spreadMs, 0);
  checkPositive('jumpMs', settings.jumpMs);
  checkAtLeast('minAttemptMs', settings.minAttemptMs, 0);
  checkPositive('dropAfterMs', settings.dropAfterMs);
  checkFunction('now', settings.now);
  checkFunction('random', settings.random);
  return settings;
}
