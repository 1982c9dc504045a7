import type { Group } from './group.js';
import { GroupCore } from './groupCore.js';
import type { GroupOptions } from './groupOptions.js';

/**
 * Keeps a set of links that changes at run time: one limiter for all, restarts after permanent failures, health, and an
 * orderly stop.
 *
 * @throws InvalidOptionError when an option is unknown or out of bounds
 */
export function createGroup(options: GroupOptions = {}): Group {
  return new GroupCore(options);
}
