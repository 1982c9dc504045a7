import { now } from './records.js';

const TICK_MS = 10;

/** What this process takes of the CPU, and how long the machine keeps it waiting for that. */
export interface CpuWatch {
  /** Starts to count: how much CPU it has taken since, in milliseconds. */
  spent(): () => number;
  /** The longest time, in milliseconds, in which its loop stood still and did no work: others had the machine. */
  keptWaitingMs(): number;
  stop(): void;
}

/** @param read the time, and how much CPU this process has taken, both in milliseconds */
export function watchCpu(read = readSystem): CpuWatch {
  let longest = 0;
  let last = read();
  const ticker = setInterval(() => {
    const next = read();
    longest = Math.max(longest, next.at - last.at - (next.used - last.used) - TICK_MS);
    last = next;
  }, TICK_MS).unref();
  return {
    spent() {
      const { used } = read();
      return () => read().used - used;
    },
    keptWaitingMs: () => longest,
    stop: () => clearInterval(ticker),
  };
}

function readSystem(): { at: number; used: number } {
  const { user, system } = process.cpuUsage();
  return { at: now(), used: (user + system) / 1000 };
}
