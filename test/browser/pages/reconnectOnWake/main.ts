// A link that the test starts and looks into; see test/browser/reconnectOnWake.test.ts.
import { constantBackoff, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { whileOnline, reconnectOnWake, type ReconnectOnWakeOptions } from 'schmoozer/browser';
import { feedConnector } from '../../../../examples/react/feedConnector.js';

export interface WakeOnPage {
  readonly link: ReturnType<typeof createReconnectActor>;
  readonly emitted: readonly ReconnectEmitted[];
}

interface Query extends ReconnectOnWakeOptions {
  readonly server: string;
  readonly delayMs: number;
}

const { server, delayMs, ...options } = JSON.parse(
  decodeURIComponent(location.hash.slice(1)),
) as Query;
const emitted: ReconnectEmitted[] = [];
const link = createReconnectActor(whileOnline(feedConnector(server, () => {})), {
  backoff: constantBackoff(delayMs),
});
link.on('*', (event) => void emitted.push(event));
reconnectOnWake(link, options);
Object.assign(globalThis, { world: { link, emitted } satisfies WakeOnPage });
