import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import {
  Break,
  constantBackoff,
  Continue,
  createReconnectActor,
  run,
  type RunContext,
} from 'schmoozer';
import { lines, tcpConnector } from 'schmoozer/tcp';
import { describe, expect, it } from 'vitest';
import { countControllers } from '../../../support/attempt.js';
import { listening, openSockets, watchSockets } from '../../../support/loopback.js';

const host = '127.0.0.1';
const soon = { backoff: constantBackoff(5) };

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

describe('a TCP session', () => {
  it('and its attempt make no AbortController where nobody reads their signals', async () => {
    const port = await listening(createServer((socket) => socket.end('bye\n')));
    const controllers = countControllers();
    const connector = tcpConnector({
      host: async () => host,
      port,
      async run(socket) {
        for await (const line of lines(socket)) return Break(line);
        return Continue();
      },
    });
    expect(await run(connector)).toEqual({ status: 'completed', value: 'bye' });
    expect(controllers()).toBe(0);
    // What is counted is what a reader of the signal costs.
    const reader = {
      ...connector,
      run: async (_: Socket, { signal }: RunContext) => Break(String(signal.aborted)),
    };
    await run(reader);
    expect(controllers()).toBe(1);
  });

  it.each(['the name', 'the look-up', 'the connection'])(
    'and its attempt make none when a stop comes while %s is awaited',
    async (stage) => {
      const sockets = watchSockets();
      let reach = () => {};
      const reached = new Promise<void>((resolve) => (reach = resolve));
      const connector = tcpConnector({
        host: () => {
          if (stage !== 'the name') return 'name';
          reach();
          return new Promise<string>(() => {});
        },
        port: 1,
        // In the same tick in which the socket is made: the listener for the abort is not there yet.
        lookup: () => (stage === 'the look-up' ? actor.send({ type: 'stop' }) : reach()),
        run: async () => Break(),
      });
      const controllers = countControllers();
      const actor = createReconnectActor(connector);
      const ended = new Promise<void>((complete) => actor.subscribe({ complete }));
      actor.start();
      if (stage !== 'the look-up') {
        await reached;
        actor.send({ type: 'stop' });
      }
      await ended;
      expect(actor.getSnapshot().output).toEqual({ status: 'stopped' });
      expect(sockets.filter(({ destroyed }) => !destroyed)).toEqual([]);
      expect(sockets).toHaveLength(stage === 'the name' ? 0 : 1);
      expect(controllers()).toBe(0);
    },
  );

  it('hears of a reset that came between connect and run, and connects again', async () => {
    const accepted: Socket[] = [];
    const server = createServer((socket) => {
      accepted.push(socket);
      if (accepted.length === 2) socket.end('hello\n');
    });
    const port = await listening(server);
    const errors: unknown[] = [];
    const connector = tcpConnector<string>({
      host,
      port,
      async run(socket) {
        try {
          for await (const line of lines(socket)) return Break(line);
        } catch (error) {
          errors.push(error);
        }
        return Continue();
      },
    });
    const result = await run(
      {
        ...connector,
        async connect(attempt) {
          const socket = await connector.connect(attempt);
          // Nobody of ours listens while the reset arrives.
          if (attempt.epoch === 1) {
            while (accepted.length === 0) await new Promise(setImmediate);
            accepted[0]?.resetAndDestroy();
            await new Promise((resolve) => socket.resume().once('close', resolve));
          }
          return socket;
        },
      },
      soon,
    );
    expect(result).toEqual({ status: 'completed', value: 'hello' });
    expect(errors).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(accepted).toHaveLength(2);
  });

  it('survives a reset while run does not listen', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket));
    const port = await listening(server);
    const connector = tcpConnector({
      host,
      port,
      async run(socket) {
        sockets[0]?.resetAndDestroy();
        await new Promise((resolve) => socket.resume().once('close', resolve));
        return Break();
      },
    });
    expect(await run(connector)).toEqual({ status: 'completed', value: undefined });
  });

  it('goes on after a restart of the server on the same port', async () => {
    const epochs: string[] = [];
    const answer = (socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', (hello) => {
        epochs.push(String(hello));
        socket.end(epochs.length === 2 ? 'goodbye\n' : 'later\n');
      });
    };
    const first = createServer(answer);
    const port = await listening(first);
    const second = createServer(answer);
    const connector = tcpConnector<string>({
      host,
      port,
      async run(socket, { epoch }) {
        socket.write(`session ${epoch}`);
        for await (const line of lines(socket)) if (line === 'goodbye') return Break(line);
        return Continue();
      },
    });
    const actor = createReconnectActor(connector, soon);
    const refused = new Promise<void>((resolve) =>
      actor.on('retry.scheduled', ({ error }) => {
        if ((error as { code?: string } | undefined)?.code === 'ECONNREFUSED') resolve();
      }),
    );
    const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
    actor.on('connection.opened', ({ epoch }) => void (epoch === 1 && first.close()));
    actor.start();
    await refused;
    second.listen(port, host);
    await done;
    await close(second);
    expect(actor.getSnapshot().output).toEqual({ status: 'completed', value: 'goodbye' });
    expect(epochs).toEqual(['session 1', 'session 2']);
  });

  it('is closed when the loop is stopped: no socket is left on either side', async () => {
    const before = openSockets();
    const server = createServer((socket) => socket.resume());
    const port = await listening(server);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const connector = tcpConnector({
      host,
      port,
      async run(socket, { signal }) {
        for await (const line of lines(socket, { signal })) expect.unreachable(line);
        return Continue();
      },
    });
    const actor = createReconnectActor(connector).start();
    const done = new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
    const [theirs] = await accepted;
    const gone = once(theirs, 'close');
    await new Promise<void>((resolve) => actor.on('connection.opened', () => resolve()));
    actor.send({ type: 'stop', reason: 'enough' });
    await done;
    expect(actor.getSnapshot().output).toEqual({ status: 'stopped', reason: 'enough' });
    await gone;
    expect(openSockets()).toBe(before);
  });
});
