import { until } from './until.js';

const counted = ['TCPSocketWrap', 'Timeout'];

/** Waits until no socket and no timer keeps this process alive. */
export function nothingLeft(): Promise<void> {
  const holding = () => process.getActiveResourcesInfo().filter((name) => counted.includes(name));
  return until('no socket and no timer', () => holding().length === 0);
}
