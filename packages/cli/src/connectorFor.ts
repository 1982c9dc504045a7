import { type Connector, type ControlFlow, FatalError } from 'schmoozer';
import { tcpConnector } from 'schmoozer/tcp';
import { webSocketConnector } from 'schmoozer/websocket';
import { WebSocket } from 'ws';
import type { Settings } from './parseArguments.js';
import { serve, type ServeOptions } from './serve.js';
import { TcpWire } from './tcpWire.js';
import { TlsGuard } from './tlsGuard.js';
import { WebSocketWire } from './webSocketWire.js';

/** The connector for the scheme of the target. */
export function connectorFor(settings: Settings, options: ServeOptions): Connector<unknown, void> {
  const { scheme } = settings.target;
  return scheme === 'tcp' || scheme === 'tls'
    ? overTcp(settings, options)
    : overWebSocket(settings, options);
}

function overTcp(settings: Settings, options: ServeOptions) {
  const { target } = settings;
  const { host, port, scheme } = target;
  const isPlain = scheme === 'tcp';
  const guard = new TlsGuard(target);
  const connector = tcpConnector<void>({
    host,
    port,
    tls: isPlain ? false : certificateOptions(settings),
    // Typed lines are small, and somebody waits for the answer.
    noDelay: true,
    keepAlive: true,
    async run(socket, { signal }) {
      const wire = new TcpWire(socket, target);
      const serving = serve(wire, signal, options);
      const isLast = await serving.then(isBreak, (error) => error instanceof FatalError);
      if (wire.hasAnswer || !isPlain) guard.trust();
      else if (wire.wasHungUp) await guard.check(signal, isLast);
      return serving;
    },
  });
  // `run` reads to the end, and has work to do after it: to write out what came, however slow that goes, and to ask for
  // TLS. It hears of a stop alone.
  delete connector.closed;
  return connector;
}

function overWebSocket(settings: Settings, options: ServeOptions) {
  const { target, maxMessage } = settings;
  const guard = new TlsGuard(target);
  const connector = webSocketConnector<void>({
    url: target.href,
    WebSocket,
    socketOptions: {
      ...certificateOptions(settings),
      perMessageDeflate: false,
    },
    maxMessageBytes: maxMessage,
    // A line counts as sent when the system has taken it.
    highWaterMark: 0,
    heartbeat: {},
    run: (session, { signal }) => serve(new WebSocketWire(session, maxMessage), signal, options),
  });
  const connect: typeof connector.connect = async (attempt) => {
    try {
      return await connector.connect(attempt);
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (target.scheme === 'ws' && code === 'ECONNRESET') await guard.check(attempt.signal, false);
      throw error;
    }
  };
  return { ...connector, connect };
}

function isBreak({ type }: ControlFlow<void>): boolean {
  return type === 'Break';
}

function certificateOptions({ ca, insecure }: Settings) {
  return { rejectUnauthorized: insecure !== true, ...(ca !== undefined && { ca }) };
}
