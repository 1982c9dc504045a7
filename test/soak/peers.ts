import { constantBackoff } from 'schmoozer';
import type { Engine, SoakLink } from './engines.js';

export const LINKS = 20;
export const options = { backoff: constantBackoff(1) };

/** What the links of sessions.ts connect to: it ends each session soon after it has begun. */
export interface Peers {
  /**
   * One of the links, not started.
   * @param began is called when a session has begun
   */
  link(engine: Engine, nth: number, began: () => void): SoakLink;
  close(): Promise<void>;
}

/** One end in three is a reset. */
export function rudeness(): () => boolean {
  let nth = 0;
  return () => ++nth % 3 === 0;
}
