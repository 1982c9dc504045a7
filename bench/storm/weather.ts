import type { Drawn } from '../bench.js';
import type { StormServer } from './stormServer.js';

/** What a server has seen of a storm. */
export interface Weather {
  readonly allBackMs: number;
  readonly peak: number;
  readonly peakPerSecond: number;
  readonly attempts: number;
  readonly wasted: number;
  readonly curves: StormServer['curves'];
}

export function weatherOf(server: StormServer, allBackMs: number): Weather {
  const { peak, peakPerSecond, attempts, wasted, curves } = server;
  return { allBackMs, peak, peakPerSecond, attempts, wasted, curves };
}

/** A client that comes back later is off the picture. */
const DRAWN_S = 90;

export function drawn({ curves, ...sample }: Weather): Drawn {
  const { attempts, back } = curves;
  return {
    sample,
    curves: { attempts: attempts.slice(0, DRAWN_S), back: back.slice(0, DRAWN_S) },
  };
}
