import type { LineQueue } from './lineQueue.js';
import type { CommandEvent } from './report.js';

/** Reports, at each call, the lines that the queue has lost since the last call. */
export function lossReporter(queue: LineQueue, tell: (event: CommandEvent) => void): () => void {
  const told = { overflow: 0, cut: 0 };
  return () => {
    const lost = { overflow: queue.dropped, cut: queue.cut };
    for (const why of ['overflow', 'cut'] as const) {
      const lines = lost[why] - told[why];
      told[why] = lost[why];
      if (lines > 0) tell({ event: 'lost', lines, why });
    }
  };
}
