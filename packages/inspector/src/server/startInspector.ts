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
  /** The address of the page, with its token. */
  readonly url: string;
  /**
   * The address for apps: pass it as `url` to `createInspector` of `schmoozer/inspect`, or to
   * `createWebSocketInspector` of `@statelyai/inspect`.
   */
  readonly producerUrl: string;
  /** Ends every connection; resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Serves the page on loopback and receives actors. Nothing that a client sends ends the process.
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
  // All work for a request, a frame or a timer runs in here: an internal error costs only that, not the app.
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
  // Also for a client that has sent a request and does not read the answer.
  server.setTimeout(limits.requestMs);
  server.on('connection', (socket: Socket) => strangers.add(socket));

  const enter = (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // In Node an error without a listener ends the process.
    socket.on('error', () => {});
    const verdict = judge(request, true, access);
    if (verdict.as === 'refused') return refuse(socket, verdict.status);
    const room = verdict.as === 'app' ? apps : pages;
    // A recording accepts no data from apps.
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
  // Otherwise Node would let a client continue before the request has been checked.
  server.on('checkContinue', reply);

  server.listen(wanted, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const freePort = await nextFreePort(wanted, host);
    throw new PortInUseError(wanted, freePort, { cause: error });
  }
  // A connection could not be accepted, for example because no file descriptors are left.
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
  // Destroyed after the answer: a client that never closes its own side would stay forever.
  socket.on('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  );
}

let hasWarned = false;

/** Warns about an internal error only once, so that it does not flood a log. */
function warnOnce(error: unknown): void {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(error instanceof Error ? error : String(error));
}
