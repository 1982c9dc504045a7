// Why: docs/decisions/0069-what-a-browser-bundle-leaves-out.md
import { isRetryableByClass } from '../isRetryableByClass.js';
import type { NodeSide } from './nodeSide.js';

/**
 * The browser's version: without Node and `ws` there is no socket below, no response to the upgrade, and no error
 * codes.
 */
export const nodeSide: NodeSide = {
  isOwnClass: () => false,
  canPing: () => false,
  warn() {},
  watchUpgrade: ({ socketOptions }) => ({ socketOptions, listen() {}, errorFrom: () => undefined }),
  watchFrames() {},
  bytesRead: () => 0,
  bytesQueued: () => 0,
  localCloseCode: () => 1006,
  isRetryable: isRetryableByClass,
};
