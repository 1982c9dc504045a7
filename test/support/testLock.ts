import type { Lock, LockHold, LockRequest } from 'schmoozer/exclusive';

/** What a test gives in answer to one request. */
interface Asked {
  readonly request: LockRequest;
  /** How often the hold was released. */
  readonly releases: number;
  grant(change?: Partial<LockHold>): void;
  answer(hold: unknown): void;
  refuse(error: unknown): void;
  /** The hold is lost. */
  lose(reason?: unknown): void;
}

/** A lock whose every answer a test decides. */
export function testLock() {
  const asked: Asked[] = [];
  let lastFence = 0;
  const lock: Lock = {
    acquire: (request) =>
      new Promise((resolve, reject) => {
        const lost = new AbortController();
        const one = {
          request,
          releases: 0,
          refuse: reject,
          answer: resolve as (hold: unknown) => void,
          lose: (reason?: unknown) => lost.abort(reason),
          grant: (change: Partial<LockHold> = {}) =>
            resolve({
              fence: ++lastFence,
              lost: lost.signal,
              release: async () => void one.releases++,
              ...change,
            }),
        };
        asked.push(one);
      }),
  };
  return { lock, asked, last: () => asked.at(-1) as Asked };
}
