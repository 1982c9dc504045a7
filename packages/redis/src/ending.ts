/** The error of a MOVED during a session: the subscription would receive nothing. */
export const MOVED = 'MOVED: the slot of a shard channel has another server';

/** The end of a connection; only the first error counts. */
export function ending(): {
  readonly ended: Promise<{ readonly error: unknown }>;
  readonly end: (error: unknown) => void;
} {
  let resolve!: (end: { readonly error: unknown }) => void;
  const ended = new Promise<{ readonly error: unknown }>((done) => (resolve = done));
  return { ended, end: (error) => resolve({ error }) };
}
