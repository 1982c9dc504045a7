/** In a session: the channel would be deaf. */
export const MOVED = 'MOVED: the slot of a shard channel has another server';

/** How a connection ended; the first reason counts. */
export function ending(): {
  readonly ended: Promise<{ readonly error: unknown }>;
  readonly end: (error: unknown) => void;
} {
  let resolve!: (end: { readonly error: unknown }) => void;
  const ended = new Promise<{ readonly error: unknown }>((done) => (resolve = done));
  return { ended, end: (error) => resolve({ error }) };
}
