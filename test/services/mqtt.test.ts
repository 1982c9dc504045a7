import { connectAsync } from 'mqtt';
import { mqttSubscriber } from '../../examples/mqtt.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedPort, rejection } from '../support/loopback.js';
import { start, uniqueName } from '../support/serviceLoop.js';
import { deaf, describeService } from '../support/serviceSuite.js';
import type { Service } from '../support/serviceUnderTest.js';
import { until } from '../support/until.js';
import { run } from 'schmoozer';
import { expect, it } from 'vitest';
import { isListening, urlOf } from '../support/services.js';

const service: Service = {
  name: 'MQTT',
  keepsMessages: true,
  secure: { scheme: 'mqtts:' },
  async open(name) {
    const admin = await connectAsync(urlOf('MQTT').href, { reconnectPeriod: 0 });
    return {
      connector: ({ url, heartbeatS, tls, onSession, hear, onCredentials }) =>
        mqttSubscriber({
          url: url.replace('//', '//any@'), // MQTT has no password without a user
          clientId: name,
          topics: [name],
          keepaliveS: heartbeatS,
          password: () => {
            onCredentials();
            return 'any';
          },
          ...(tls && { tls }),
          onSession,
          onMessage: ({ epoch, text }) => hear(epoch, text),
        }),
      publish: async (text) => void (await admin.publishAsync(name, text, { qos: 1 })),
      async forget() {
        const other = await connectAsync(urlOf('MQTT').href, {
          clientId: name,
          clean: false,
          reconnectPeriod: 0,
        });
        await other.endAsync();
      },
      // A packet of a type that does not exist: the broker says goodbye.
      cut: async (inject) => inject(Uint8Array.of(0x00, 0x00)),
      async close() {
        await admin.endAsync();
        // The broker forgets the session when a client of this id asks for a clean start.
        const last = await connectAsync(urlOf('MQTT').href, { clientId: name, reconnectPeriod: 0 });
        await last.endAsync();
      },
    };
  },
};

describeService(service, () => {
  it('connects again when another client has taken its session over', async () => {
    const loop = await start(service);
    await loop.flow();
    await loop.access.forget?.();
    await loop.session(2);
    await loop.flow();
    await loop.stop();
  });

  it('gives up when the broker refuses the password', async ({ skip, onTestFinished }) => {
    const port = await closedPort();
    const folder = mkdtempSync(join(tmpdir(), 'schmoozer-'));
    const config = join(folder, 'mosquitto.conf');
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous false\n`);
    const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
    onTestFinished(() => {
      broker.kill();
      rmSync(folder, { recursive: true });
    });
    const failed = once(broker, 'error').then(() => skip('mosquitto is not installed here'));
    const url = new URL(`mqtt://me@127.0.0.1:${port}`);
    await Promise.race([failed, until('it listens', () => isListening(url))]);
    const connector = mqttSubscriber({
      url: url.href,
      clientId: uniqueName(),
      topics: ['any'],
      password: () => 'wrong',
      ...deaf,
    });
    expect(await rejection(run(connector))).toMatchObject({ code: 135 });
  });

  it('leaves one client less, as the broker counts them', async () => {
    const counter = await connectAsync(urlOf('MQTT').href, { reconnectPeriod: 0 });
    const latest = { uptime: '', clients: 0 };
    counter.on('message', (topic, payload) => {
      if (topic.endsWith('uptime')) latest.uptime = String(payload);
      else latest.clients = Number(payload);
    });
    await counter.subscribeAsync(['$SYS/broker/uptime', '$SYS/broker/clients/connected']);
    await until('what was kept has come', () => latest.uptime !== '');
    // Told each 10 s: first the uptime, then the count, if it has changed.
    const count = async () => {
      const { uptime } = latest;
      await until('the broker counts', () => latest.uptime !== uptime);
      await counter.subscribeAsync('barrier');
      return latest.clients;
    };
    const loop = await start(service);
    const withExample = await count();
    await loop.stop();
    await until('one client less', async () => (await count()) < withExample);
    await counter.endAsync();
  });
});
