// Why: docs/decisions/0075-a-group-of-links.md
import {
  checkInteger,
  checkOneOf,
  checkPositive,
  checkRange,
  MAX_TIMER_MS,
  resolveOptions,
} from '../../core/check.js';

/** How failed links are restarted. */
export interface RestartOptions {
  /**
   * Maximum number of restarts within `periodMs`; after the next failure the link is given up. Default: 3. Bounds: an
   * integer >= 0.
   */
  readonly intensity?: number;
  /** How long a restart counts, in milliseconds. Default: 60 000. Bounds: > 0. */
  readonly periodMs?: number;
  /** How long a failed link rests before its restart, in milliseconds. Default: 1000. Bounds: 0 to 2 147 483 647. */
  readonly delayMs?: number;
  /**
   * Which restarts are counted together. `'link'`: each link is counted and given up alone. `'group'`: the restarts of
   * all links are counted together. If a link fails after `intensity` restarts within `periodMs`, the whole group stops
   * and ends as `failed`, like Erlang's supervisor. Default: `'link'`.
   */
  readonly scope?: RestartScope;
}

/** Whose restarts are counted together: those of one link, or of the whole group. */
export type RestartScope = 'link' | 'group';

/** The only list of defaults. */
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
 * Returns the times of the restarts that count after another one; undefined if that would be one too many. The rule is
 * that of Erlang's supervisor: at most `intensity` restarts, including this one, may be at most `periodMs` old.
 *
 * @param restartsMs times of the earlier restarts
 */
export function afterRestart(
  restartsMs: readonly number[],
  nowMs: number,
  { intensity, periodMs }: Pick<Required<RestartOptions>, 'intensity' | 'periodMs'>,
): readonly number[] | undefined {
  const counted = [...restartsMs.filter((ms) => nowMs <= ms + periodMs), nowMs];
  return counted.length <= intensity ? counted : undefined;
}
