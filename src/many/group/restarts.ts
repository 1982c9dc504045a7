// Why: docs/decisions/0075-a-group-of-links.md
import {
  checkInteger,
  checkOneOf,
  checkPositive,
  checkRange,
  MAX_TIMER_MS,
  resolveOptions,
} from '../../core/check.js';

/** How links that have ended in failure are restarted. */
export interface RestartOptions {
  /** How many restarts are made within `periodMs`; the next failure is given up. Default 3; an integer >= 0. */
  readonly intensity?: number;
  /** How long a restart counts, in milliseconds. Default 60 000; bounds > 0. */
  readonly periodMs?: number;
  /** How long a failed link rests before its restart, in milliseconds. Default 1000; bounds 0 to 2 147 483 647. */
  readonly delayMs?: number;
  /**
   * Whose restarts are counted together. Default `'link'`: each link counts for itself, and is given up alone.
   * `'group'`: those of all links count, and the group gives up with all of them, as Erlang's supervisor does.
   */
  readonly scope?: RestartScope;
}

/** Whose restarts are counted together: those of one link, or of the whole group. */
export type RestartScope = 'link' | 'group';

/** The defaults; each stands here only. */
export const restartDefaults: Required<RestartOptions> = {
  intensity: 3,
  periodMs: 60_000,
  delayMs: 1000,
  scope: 'link',
};

/** @throws InvalidOptionError when an option is unknown or out of bounds */
export function resolveRestart(options: RestartOptions): Required<RestartOptions> {
  const restart = resolveOptions(options, restartDefaults, [], 'restart.');
  checkInteger('restart.intensity', restart.intensity, 0);
  checkPositive('restart.periodMs', restart.periodMs);
  checkRange('restart.delayMs', restart.delayMs, 0, MAX_TIMER_MS);
  checkOneOf('restart.scope', restart.scope, ['link', 'group']);
  return restart;
}

/**
 * The restarts that count once another is made; undefined if that would be one too many. The rule is that of Erlang's
 * supervisor: no more than `intensity` restarts, this one included, may be `periodMs` old or younger.
 *
 * @param restartsMs when the earlier ones were decided on
 */
export function afterRestart(
  restartsMs: readonly number[],
  nowMs: number,
  { intensity, periodMs }: Pick<Required<RestartOptions>, 'intensity' | 'periodMs'>,
): readonly number[] | undefined {
  const counted = [...restartsMs.filter((ms) => nowMs <= ms + periodMs), nowMs];
  return counted.length <= intensity ? counted : undefined;
}
