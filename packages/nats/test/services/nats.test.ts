import { connect } from '@nats-io/transport-node';
import { natsSubscriber } from '../../src/index.js';
import { describeContract } from '../../../../test/support/serviceContract.js';
import { deaf } from '../../../../test/support/serviceSuite.js';
import type { Service } from '../../../../test/support/serviceUnderTest.js';
import type { Overture } from '../../../../test/support/tlsFront.js';
import { until } from '../../../../test/support/until.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constantBackoff, createReconnectActor, run } from 'schmoozer';
import { expect, it } from 'vitest';
import { firstAttempt } from '../../../../test/support/attempt.js';
import { ask } from '../../../../test/support/peerSuite.js';
import { closedPort, rejection } from '../../../../test/support/loopback.js';
import { isListening } from '../../../../test/support/services.js';
import { urlOf } from '../../../../test/support/services.js';

/** The server greets in the clear, and says that it wants TLS. */
const overture: Overture = async (client, server) => {
  let greeting = '';
  while (!greeting.endsWith('\r\n')) greeting += String((await once(server, 'data'))[0]);
  client.write(greeting.replace('INFO {', 'INFO {"tls_required":true,'));
};

const service: Service = {
  name: 'NATS',
  keepsMessages: false,
  secure: { scheme: 'tls:', overture },
  async open(name) {
    const admin = await connect({ servers: urlOf('NATS').href, reconnect: false });
    // Any account may ask about its own connections, even where the monitoring port is closed.
    const ours = async () => {
      const query = JSON.stringify({ limit: 1024, subscriptions: true });
      const reply = await admin.request('$SYS.REQ.ACCOUNT.PING.CONNZ', query);
      const { data } = reply.json<{ data: { connections: { subscriptions_list?: string[] }[] } }>();
      return data.connections.filter((one) => one.subscriptions_list?.includes(name));
    };
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials, shared }) =>
        natsSubscriber({
          // What the function answers goes out, whatever the URL contains.
          servers: url.replace('//', '//me:stale@'),
          subjects: [name],
          heartbeatMs: (heartbeatS * 1000) / 2,
          login: () => {
            onCredentials();
            return { user: 'any', pass: 'any' };
          },
          ...(tls && { tls }),
          onSession,
          onMessage: (message, { epoch }) => hear(epoch, message.string()),
          ...shared,
        }),
      async publish(text) {
        admin.publish(name, text);
        await admin.flush();
      },
      count: async () => (await ours()).length,
      // A client that speaks nonsense: the server says so and hangs up.
      cut: async (inject) => inject(Buffer.from('NONSENSE\r\n')),
      close: () => admin.close(),
    };
  },
};

describeContract(service, 12, () => {
  it('says which of several servers it is connected to', async ({ onTestFinished }) => {
    const { hostname, port } = urlOf('NATS');
    const servers = [`127.0.0.1:${await closedPort()}`, `me:secret@${hostname}:${port}`];
    const connector = natsSubscriber({ servers, subjects: 'a', onMessage() {} });
    const connection = await connector.connect(firstAttempt().attempt);
    onTestFinished(() => connector.disconnect?.(connection));
    const peer = { address: hostname, port: Number(port), protocol: 'nats', transport: 'tcp' };
    expect(ask(connector.peer)).toEqual(peer);
  });

  it('gives up when the password is wrong, and goes on after a restart of the server', async ({
    skip,
    onTestFinished,
  }) => {
    const port = await closedPort();
    const url = `nats://127.0.0.1:${port}`;
    const startServer = async () => {
      const args = ['-a', '127.0.0.1', '-p', String(port), '--user', 'me', '--pass', 'secret'];
      const server = spawn('nats-server', args, { stdio: 'ignore' });
      onTestFinished(() => void server.kill('SIGKILL'));
      const failed = once(server, 'error').then(() => skip('nats-server is not installed here'));
      await Promise.race([failed, until('it listens', () => isListening(new URL(url)))]);
      return server;
    };
    const server = await startServer();

    const login = (pass: string) => ({
      servers: url,
      subjects: ['any'],
      login: () => ({ user: 'me', pass }),
    });
    const refused = natsSubscriber({ ...login('wrong'), ...deaf });
    expect(String(await rejection(run(refused)))).toMatch(/authorization violation/i);

    const epochs: number[] = [];
    const onSession = ({ epoch }: { epoch: number }) => void epochs.push(epoch);
    const connector = natsSubscriber({ ...login('secret'), ...deaf, onSession });
    const actor = createReconnectActor(connector, { backoff: constantBackoff(50) }).start();
    await until('session 1', () => epochs.length === 1);
    server.kill('SIGTERM');
    await once(server, 'exit');
    await startServer();
    await until('session 2', () => epochs.length === 2);
    actor.send({ type: 'stop' });
    await until('the loop is over', () => actor.getSnapshot().status === 'done');
    expect(epochs).toEqual([1, 2]);

    let isOn!: () => void;
    const on = new Promise<void>((resolve) => (isOn = resolve));
    const byUrl = natsSubscriber({
      servers: url.replace('//', '//me:secret@'),
      subjects: 'any',
      onSession: () => isOn(),
      onMessage() {},
    });
    const stop = new AbortController();
    const running = run(byUrl, { signal: stop.signal });
    await on;
    stop.abort();
    await running;
  });
});
