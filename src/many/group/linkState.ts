import { type ReconnectTag, tags } from '../../machine/vocabulary.js';

const activeTags = tags.filter((tag) => tag !== 'offline');

/** All values of `LinkState`. An active link may have the tags `queued` and `connecting`: `queued` comes first here. */
export const linkStates = [
  'pending',
  ...activeTags,
  'resting',
  'completed',
  'failed',
  'stopped',
] as const;
/**
 * The state of a link in one word: its tag while it is active, its status after its end. A link that waits for a permit
 * has the tags `queued` and `connecting`; its state is `queued`. A group adds two: `pending` before its start, and
 * `resting` after a failure, before its restart.
 */
export type LinkState = (typeof linkStates)[number];

/** Returns the state for the tags; a link without tags has ended. */
export function stateOf(hasTag: (tag: ReconnectTag) => boolean): LinkState {
  return activeTags.find(hasTag) ?? 'stopped';
}
