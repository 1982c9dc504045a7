import type { ReconnectTag } from '../../machine/vocabulary.js';

/**
 * Where a link is, in one word: its tag while it is active (`queued` before `connecting`), its status when it has ended.
 * A group has two more: `pending`, it has not been started yet; `resting`, it has failed and will be restarted.
 */
export const linkStates = [
  'pending',
  'connecting',
  'queued',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
  'resting',
  'completed',
  'failed',
  'stopped',
] as const;
export type LinkState = (typeof linkStates)[number];

/** The order in which a tag is looked for: `queued` comes besides `connecting`, and is the news. */
const tags = [
  'queued',
  'connecting',
  'online',
  'closing',
  'waiting',
  'suspended',
  'stopping',
] as const satisfies readonly ReconnectTag[];

/** The state that tags stand for; a link without any has ended. */
export function stateOf(hasTag: (tag: ReconnectTag) => boolean): LinkState {
  return tags.find(hasTag) ?? 'stopped';
}
