import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { basename } from 'node:path';
import type { WebSocket } from 'ws';
import { answer } from './answer.js';
import { Apps } from './apps.js';
import { type Access, judge } from './door.js';
import { History } from './history.js';
import { type InspectorOptions, settingsOf } from './options.js';
import { Pages } from './pages.js';
import { nextFreePort, PortInUseError } from './portInUse.js';
import { readRecording } from './recording.js';
import { Strangers } from './strangers.js';
import type { Surroundings } from './viewer.js';

/** A running inspector. */
export interface Inspector {
  /** The port that it listens on. */
  readonly port: number;
  /** The page, with its token. */
  readonly url: string;
  /** What an app connects to: the `url` of `createWebSocketInspector`. */
  readonly producerUrl: string;
  /** Ends every connection; resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Serves the page on loopback and receives actors. Nothing that anybody sends ends the process it runs in.
 *
 * @throws InvalidInspectorOptionError; RecordingError; PortInUseError with the next free port
 */
export async function startInspector(options: InspectorOptions = {}): Promise<Inspector> {
  const {
    host,
    token,
    limits,
    onViewers,
    onCommand,
    recording,
    port: wanted,
  } = settingsOf(options);
  const history = new History(limits);
  if (recording !== undefined) await readRecording(recording, history, limits);
  // All that a request, a frame or a timer leads to runs in here: a mistake of ours costs that one, not the app.
  const guarded = (work: () => void, giveUp = () => {}) => {
    try {
      work();
    } catch (error) {
      history.failed += 1;
      warnOnce(error);
      giveUp();
    }
  };
  const pages = new Pages(limits, (count) => guarded(() => onViewers(count)));
  const apps = new Apps(history, limits, pages, guarded);
  const strangers = new Strangers(limits.strangers);

  const server = createServer({
    headersTimeout: limits.requestMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.requestMs / 4,
  });
  server.maxRequestsPerSocket = 100;
  // Of one that has asked and does not read the answer, too.
  server.setTimeout(limits.requestMs);
  server.on('connection', (socket: Socket) => strangers.add(socket));

  const enter = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // In Node an error that nobody hears ends the process.
    socket.on('error', () => {});
    const verdict = judge(request, true, access);
    if (verdict.as === 'refused') return refuse(socket, verdict.status);
    const room = verdict.as === 'app' ? apps : pages;
    // What an app sends does not belong into a recording.
    if (room.isFull || (room === apps && recording !== undefined)) {
      history.turnedAway += 1;
      pages.tellTotals();
      return refuse(socket, 503);
    }
    room.server.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      strangers.admit(socket);
      if (verdict.as === 'app') apps.enter(opened, socket, verdict.name);
      else pages.enter(opened, around);
    });
  };
  server.on('upgrade', (request, socket, head) =>
    guarded(
      () => enter(request, socket as Socket, head),
      () => socket.destroy(),
    ),
  );
  const reply = (request: IncomingMessage, response: ServerResponse) =>
    guarded(
      () => answer(response, judge(request, false, access), history),
      () => response.destroy(),
    );
  server.on('request', reply);
  // Node would tell a stranger to go on before anything has been judged.
  server.on('checkContinue', reply);

  server.listen(wanted, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const freePort = await nextFreePort(wanted, host);
    throw new PortInUseError(wanted, freePort, { cause: error });
  }
  // A connection that could not be accepted, for want of file descriptors perhaps.
  server.on('error', () => (history.turnedAway += 1));
  const { port } = server.address() as AddressInfo;
  const access: Access = { token, port };
  const address = `${host === '::1' ? '[::1]' : host}:${port}`;
  const producerUrl = `ws://${address}/?token=${token}`;
  const around: Surroundings = {
    history,
    limits,
    hello: {
      type: 'hello',
      instance: randomUUID(),
      producerUrl,
      ...(recording !== undefined && { recording: basename(recording) }),
    },
    producers: () => apps.count,
    command(key, command) {
      const actor = history.actors.get(key);
      if (actor === undefined || !apps.command(actor, command)) return;
      onCommand({ command, actor: actor.name, app: actor.producer });
    },
    guarded,
  };
  let closed: Promise<unknown> | undefined;

  return {
    port,
    url: `http://${address}/?token=${token}`,
    producerUrl,
    async close() {
      closed ??= once(server, 'close');
      for (const socket of [...pages.server.clients, ...apps.server.clients]) socket.terminate();
      server.close();
      strangers.close();
      await closed;
    },
  };
}

function refuse(socket: Socket, status: number): void {
  // Sent, it is gone: one that never closes its own side would stay for ever.
  socket.on('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

let hasWarned = false;

/** A mistake is told to whoever runs the app, once: it must not flood a log. */
function warnOnce(error: unknown): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(error instanceof Error ? error : String(error));
}
