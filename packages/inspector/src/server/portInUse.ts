import { once } from 'node:events';
import { createServer } from 'node:net';

/** The port is in use; `freePort` is the next free one. */
export class PortInUseError extends Error {
  /** Stable, unlike the message. */
  readonly code = 'ERR_PORT_IN_USE';

  constructor(
    /** The port that was asked for. */
    readonly port: number,
    /** The next port that is free; undefined if none was found. */
    readonly freePort: number | undefined,
    options: ErrorOptions,
  ) {
    super(
      `port ${port} is in use` +
        (freePort === undefined
          ? '; --port 0 takes any free port'
          : `; ${freePort} is free: npx @schmoozer/inspector --port ${freePort}`),
      options,
    );
    this.name = 'PortInUseError';
  }
}

/** The first free port among the 50 after `port`. */
export async function nextFreePort(port: number, host: string): Promise<number | undefined> {
  for (let next = port + 1; next <= Math.min(port + 50, 65_535); next++) {
    const probe = createServer().listen(next, host);
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return next;
  }
  return undefined;
}
