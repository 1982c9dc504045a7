// Why: docs/decisions/0069-what-a-browser-bundle-leaves-out.md
import { isRetryableByClass } from '../isRetryableByClass.js';
import type { NodeSide } from './nodeSide.js';

/** In a browser there is no Node, and `ws` cannot be: no socket below, no answer to the upgrade, no error codes. */
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
