// A link that the test starts and looks into; see test/browser/reconnectOnWake.test.ts.
import { constantBackoff, Continue, createReconnectActor, type ReconnectEmitted } from 'schmoozer';
import { whileOnline, reconnectOnWake, type ReconnectOnWakeOptions } from 'schmoozer/browser';
import {
  type HeartbeatOptions,
  webSocketConnector,
  type WebSocketSession,
} from 'schmoozer/websocket';

export interface WakeOnPage {
  readonly link: ReturnType<typeof createReconnectActor>;
  readonly emitted: readonly ReconnectEmitted[];
  readonly session: WebSocketSession | undefined;
}

interface Query extends ReconnectOnWakeOptions {
  readonly server: string;
  readonly delayMs: number;
  readonly heartbeat?: HeartbeatOptions;
}

const { server, delayMs, heartbeat, ...options } = JSON.parse(
  decodeURIComponent(location.hash.slice(1)),
) as Query;
const emitted: ReconnectEmitted[] = [];
let current: WebSocketSession | undefined;
const connector = webSocketConnector({
  url: server,
  ...(heartbeat && { heartbeat: { message: 'ping', ...heartbeat } }),
  async run(session) {
    current = session;
    for await (const message of session) void message;
    return Continue();
  },
});
const link = createReconnectActor(whileOnline(connector), {
  backoff: constantBackoff(delayMs),
});
link.on('*', (event) => void emitted.push(event));
reconnectOnWake(link, options);
const world = {
  link,
  emitted,
  get session() {
    return current;
  },
} satisfies WakeOnPage;
Object.assign(globalThis, { world });
