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

/** What the `reconnect` and `probe` commands of `reconnectOnWake` carry as their `reason`. */
export type WakeReason = 'online' | 'visible' | 'clockJump';

/** What wakes a link, and how quickly. */
export interface ReconnectOnWakeOptions extends BrowserSources {
  /** Wake when the browser is online again. Default true. */
  readonly online?: boolean;
  /** Wake when the page becomes visible again. Default true. */
  readonly visible?: boolean;
  /** Wake when the wall clock has jumped, as after a sleep. Default true. */
  readonly clockJump?: boolean;
  /** How long news must last before it counts, in milliseconds. Default 500; bounds >= 0. */
  readonly debounceMs?: number;
  /** After `online`, a random time of up to this is waited too, in milliseconds. Default 1000; bounds >= 0. */
  readonly spreadMs?: number;
  /** A timer that comes this late tells of a jump, in milliseconds. Default 10 000; bounds > 0. */
  readonly jumpMs?: number;
  /**
   * How old an attempt must be to be dropped for a fresh one, in milliseconds; a younger one may still succeed. Default
   * 2000; bounds >= 0; `Infinity` leaves each to its timeout.
   */
  readonly minAttemptMs?: number;
  /**
   * A jump of this length drops a running session without asking, in milliseconds. Default `Infinity`: none does; bounds
   * > 0.
   */
  readonly dropAfterMs?: number;
  /** The wall clock in milliseconds; it must go on in a sleep. Default `Date.now`. */
  readonly now?: () => number;
  /** Source of chance for the spread. Default `Math.random`. */
  readonly random?: () => number;
}

/** The options' defaults; each stands here only. */
const defaults = {
  online: true,
  visible: true,
  clockJump: true,
  debounceMs: 500,
  spreadMs: 1000,
  jumpMs: 10_000,
  minAttemptMs: 2000,
  dropAfterMs: Infinity,
  // oxlint-disable-next-line no-restricted-properties -- only the wall clock goes on in a sleep
  now: () => Date.now(),
  // oxlint-disable-next-line no-restricted-properties -- the default of `random`
  random: () => Math.random(),
};

/** The options with their defaults. */
type Settings = Resolved<ReconnectOnWakeOptions, typeof defaults>;

/** An actor of `reconnectMachine`, created, invoked or spawned. */
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
 * Sends `reconnect` when the browser has news that an attempt is worth it: it skips the wait of the actor, or replaces an
 * attempt that is older than `minAttemptMs`. A running session is sent `probe`: its connector asks the peer, if it can, so
 * that one that has died in a sleep is found, and a healthy one goes on. No stop is overridden. Everything is let go of when the actor ends, or by calling what is returned.
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
    // By the wall clock: an attempt that slept has grown old.
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
  // A clock that nobody waits for needs no watch.
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

/** Engines without explicit resource management lack the symbol. */
function disposable(dispose: () => void): (() => void) & Disposable {
  const symbols = Symbol.dispose === undefined ? {} : { [Symbol.dispose]: dispose };
  return Object.assign(dispose, symbols as Disposable);
}

/** @throws InvalidOptionError that names the option, what was expected and what came */
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
