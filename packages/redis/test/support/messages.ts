/** What a member of the fleet is to do, as its one argument. */
export interface Orders {
  readonly url: string;
  readonly keyPrefix: string;
  readonly perSecond: number;
  readonly burst: number;
  readonly lease: number;
  readonly links: number;
}

/** What it says: that it is connected to Redis, or when each of its links was let in, by `Date.now`. */
export type Report = { readonly isReady: true } | { readonly grantedAtMs: readonly number[] };
