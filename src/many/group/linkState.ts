import { type ReconnectTag, tags } from '../../machine/vocabulary.js';

const activeTags = tags.filter((tag) => tag !== 'offline');

/**
 * The state of a link in one word: its tag while it is active (`queued` before `connecting`), its status after its end.
 * A group adds two more: `pending` before its start; `resting` after a failure, before a restart.
 */
export const linkStates = [
  'pending',
  ...activeTags,
  'resting',
  'completed',
  'failed',
  'stopped',
] as const;
/**
 * The state of a link in one word: its tag while it is active (`queued` before `connecting`), its status after its end.
 * A group adds two: `pending` before its start, and `resting` after a failure, before its restart.
 */
export type LinkState = (typeof linkStates)[number];

/** Returns the state for the tags; a link without tags has ended. */
export function stateOf(hasTag: (tag: ReconnectTag) => boolean): LinkState {
  return activeTags.find(hasTag) ?? 'stopped';
}
