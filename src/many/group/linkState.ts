import { type ReconnectTag, tags } from '../../machine/vocabulary.js';

const activeTags = tags.filter((tag) => tag !== 'offline');

/**
 * Where a link is, in one word: its tag while it is active (`queued` before `connecting`), its status when it has ended.
 * A group has two more: `pending`, it has not been started yet; `resting`, it has failed and will be restarted.
 */
export const linkStates = [
  'pending',
  ...activeTags,
  'resting',
  'completed',
  'failed',
  'stopped',
] as const;
/** Where a link is: the tag of its snapshot, or how it ended. */
export type LinkState = (typeof linkStates)[number];

/** The state that tags stand for; a link without any has ended. */
export function stateOf(hasTag: (tag: ReconnectTag) => boolean): LinkState {
  return activeTags.find(hasTag) ?? 'stopped';
}
