import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import {
  type ConnectionEnd,
  type Connector,
  type ControlFlow,
  FatalError,
} from 'schmoozer/compiled';
import { tcpConnector, type TcpEnd } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';
import { openThrough } from './openThrough.js';
import type { Settings } from './parseArguments.js';
import type { HostAndPort } from './parseTarget.js';
import { serve, type ServeOptions } from './serve.js';
import { TcpWire } from './tcpWire.js';
import { TlsGuard } from './tlsGuard.js';
import { WebSocketWire } from './webSocketWire.js';

/** Creates the connector for the scheme of the target. */
export function connectorFor(settings: Settings, options: ServeOptions): Connector<unknown, void> {
  const { scheme } = settings.target;
  return scheme === 'ws' || scheme === 'wss'
    ? overWebSocket(settings, options)
    : overTcp(settings, options);
}

function overTcp(settings: Settings, options: ServeOptions) {
  const { target, proxy, keepAlive, silence, maxAge } = settings;
  const guard = guardFor(settings);
  const isPlain = target.scheme !== 'tls';
  const connector = tcpConnector<void>({
    ...target.address,
    tls: isPlain ? false : certificateOptions(settings),
    ...(proxy && {
      open: (address, { signal }) => openThrough(proxy, address, signal),
    }),
    // Typed lines are small, and the user waits for the answer.
    noDelay: true,
    keepAlive: keepAlive !== false,
    ...(keepAlive !== false && { keepAliveDelayMs: keepAlive }),
    ...(silence !== undefined && { silenceMs: silence }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge }),
    async run(socket, { signal }) {
      const wire = new TcpWire(socket, target);
      const serving = serve(wire, signal, options);
      const isLast = await serving.then(isBreak, (error) => error instanceof FatalError);
      if (wire.hasAnswer) guard?.trust();
      else if (wire.wasHungUp) await guard?.check(signal, isLast);
      return serving;
    },
  });
  return {
    ...connector,
    // Does not report the peer's end, because `run` reads to the end and then has more work to do: it writes out the
    // received data, however slow that is, and may check for TLS. It reports only a stop and the connection's age.
    async closed(socket: Socket) {
      const end = (await connector.closed?.(socket)) as ConnectionEnd;
      return (end.detail as TcpEnd).by === 'age' ? end : new Promise<never>(() => {});
    },
  };
}

/**
 * Used only over plain TCP and WebSocket without a proxy: a check through a proxy must not open further connections.
 */
function guardFor({ target, proxy }: Settings): TlsGuard | undefined {
  const { scheme } = target;
  return proxy === undefined && (scheme === 'tcp' || scheme === 'ws')
    ? new TlsGuard(target)
    : undefined;
}

function overWebSocket(settings: Settings, options: ServeOptions) {
  const { target, maxMessage, header, protocol, heartbeat, silence, maxAge } = settings;
  const guard = guardFor(settings);
  const connector = webSocketConnector<void>({
    url: target.href,
    WebSocket,
    protocols: protocol ?? [],
    socketOptions: ({ signal }) => ({
      ...certificateOptions(settings),
      ...(header && { headers: header }),
      ...throughProxy(settings, signal),
      perMessageDeflate: false,
    }),
    maxMessageBytes: maxMessage,
    // A line counts as sent when the system has accepted it.
    highWaterMark: 0,
    ...(heartbeat !== undefined && {
      heartbeat: heartbeat === false ? false : { intervalMs: heartbeat },
    }),
    ...(silence !== undefined && { silenceMs: silence }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge }),
    run: (session, { signal }) => serve(new WebSocketWire(session, maxMessage), signal, options),
  });
  const connect: typeof connector.connect = async (attempt) => {
    try {
      return await connector.connect(attempt);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === 'ECONNRESET') await guard?.check(attempt.signal, false);
      throw error;
    }
  };
  return { ...connector, connect };
}

function isBreak({ type }: ControlFlow<void>): boolean {
  return type === 'Break';
}

function certificateOptions({ ca, cert, key, servername, insecure }: Settings) {
  return {
    rejectUnauthorized: insecure !== true,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert, key }),
    ...(servername !== undefined && { servername }),
  };
}

/** Options of `ws`: a function that gives Node's HTTP client the socket. */
function throughProxy({ target, proxy }: Settings, signal: AbortSignal) {
  if (proxy === undefined) return undefined;
  const address = target.address as HostAndPort;
  return {
    createConnection(options: ConnectionOptions, done: (error: unknown, socket?: Socket) => void) {
      openThrough(proxy, address, signal).then((socket) => {
        const { host } = address;
        const name = { servername: isIP(host) ? '' : host, ...options };
        done(null, target.scheme === 'ws' ? socket : connectTls({ ...name, host, socket }));
      }, done);
    },
  };
}
