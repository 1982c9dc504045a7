import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectAsync, type MqttClient } from 'mqtt';
import { run } from 'schmoozer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { rejection } from '../../../../test/support/loopback.js';
import { describeContract } from '../../../../test/support/serviceContract.js';
import { start, uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';
import {
  isRetryableMqttError,
  type MqttConnection,
  type MqttQoS,
  mqttSubscriber,
} from '../../src/index.js';
import { keepUp } from '../support/keepUp.js';
import { mqttService } from '../support/mqttService.js';
import { dynamicSecurity, isMosquittoMissing, startMosquitto } from '../support/startMosquitto.js';

const { href } = urlOf('MQTT');

/** Our own access to the broker; the session of `name` is forgotten in the end. */
async function publisher(name: string): Promise<MqttClient> {
  const admin = await connectAsync(href, { reconnectPeriod: 0 });
  onTestFinished(async () => {
    await admin.endAsync();
    await (await connectAsync(href, { clientId: name, reconnectPeriod: 0 })).endAsync();
  });
  return admin;
}

/** A process that works on the messages of the kept session `name`. */
function worker(name: string, qos: MqttQoS, kind: 'hang' | 'work') {
  const args = [href, name, String(qos), kind];
  const child: ChildProcess = fork(`${root}packages/mqtt/test/support/worker.ts`, args, {
    cwd: root,
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const reports: string[] = [];
  child.on('message', (report) => reports.push(report as string));
  const exited = once(child, 'exit');
  const end = async (how: () => unknown) => {
    how();
    await exited;
    return reports;
  };
  return {
    report: (text: string) => until(text, () => reports.includes(text)),
    kill: () => end(() => child.kill('SIGKILL')),
    stop: () => end(() => child.send('stop')),
  };
}

describeContract(mqttService(1), 18, () => {
  it('connects again when another client has taken its session over', async () => {
    const loop = await start(mqttService(1));
    await loop.flow();
    await loop.access.forget?.();
    await loop.session(2);
    await loop.flow();
    await loop.stop();
  });

  it.each([1, 2] as const)(
    'delivers a message of QoS %i again after kill -9 in its handler',
    async (qos) => {
      const name = uniqueName();
      const admin = await publisher(name);
      const first = worker(name, qos, 'hang');
      await first.report('online');
      await admin.publishAsync(name, 'one', { qos });
      await first.report('begins one');
      await first.kill();
      const second = worker(name, qos, 'work');
      await second.report('done one');
      expect(await second.stop()).toEqual(expect.arrayContaining(['begins one', 'done one']));
    },
  );

  it.each([
    [1, 5],
    [2, 5],
    [1, 4],
    [2, 4],
  ] as const)(
    'works on each of 1000 messages of QoS %i once, over ten clean restarts, by MQTT %i',
    async (qos, protocolVersion) => {
      const [total, restarts] = [1000, 10];
      const name = uniqueName();
      const admin = await publisher(name);
      const times = new Map<string, number>();
      const texts = Array.from({ length: total }, (_, index) => `message ${index}`);
      // One after another: Mosquitto 2.0.11 keeps those of QoS 2 that are more than it takes at once, for ever.
      const publishAll = async () => {
        for (const text of texts) await admin.publishAsync(name, text, { qos });
      };
      let published = Promise.resolve();
      for (let round = 0; round <= restarts; round++) {
        const link = keepUp({
          url: href,
          clientId: name,
          topics: { [name]: qos },
          protocolVersion,
          maxInFlight: 5,
          async onMessage({ payload }) {
            await new Promise(setImmediate);
            times.set(String(payload), (times.get(String(payload)) ?? 0) + 1);
          },
        });
        await link.session(1);
        if (round === 0) published = publishAll();
        // In the middle of the work; the last one does what is left.
        const share = round < restarts ? ((round + 1) * total) / (restarts + 2) : total;
        await until(`${share} messages`, () => times.size >= share);
        await link.stop();
        expect(link.output()).toMatchObject({ status: 'stopped' });
      }
      await published;
      expect([times.size, Math.max(...times.values())]).toEqual([total, 1]);
    },
  );

  it('works on messages of QoS 0, and loses those that come while it is away', async () => {
    const name = uniqueName();
    const admin = await publisher(name);
    const heard: string[] = [];
    const link = keepUp({
      url: href,
      clientId: name,
      topics: { [name]: 0 },
      sessionExpiryS: 0,
      onMessage: ({ payload, qos }) => heard.push(`${String(payload)} ${qos}`),
    });
    await link.session(1);
    await admin.publishAsync(name, 'one', { qos: 2 });
    await until('it is heard', () => heard.length === 1);
    await link.stop();
    await admin.publishAsync(name, 'two', { qos: 2 });
    const next = keepUp({
      url: href,
      clientId: name,
      topics: { [name]: 0 },
      sessionExpiryS: 0,
      onMessage: ({ payload, qos }) => heard.push(`${String(payload)} ${qos}`),
    });
    await next.session(1);
    expect(next.sessions[0]).toMatchObject({ sessionPresent: false, granted: { [name]: 0 } });
    await admin.publishAsync(name, 'three', { qos: 2 });
    await until('it is heard', () => heard.length === 2);
    expect(heard).toEqual(['one 0', 'three 0']);
  });

  it('gets a retained message once, if the session is kept', async () => {
    const name = uniqueName();
    const admin = await publisher(name);
    await admin.publishAsync(name, 'kept', { qos: 1, retain: true });
    onTestFinished(async () => {
      const last = await connectAsync(href, { reconnectPeriod: 0 });
      await last.publishAsync(name, '', { qos: 1, retain: true });
      await last.endAsync();
    });
    const heard: string[] = [];
    const link = keepUp({
      url: href,
      clientId: name,
      topics: name,
      onMessage: ({ payload, retain }) => heard.push(`${String(payload)} ${retain}`),
    });
    await until('it is heard', () => heard.length === 1);
    link.connections[0]?.client.stream.destroy();
    await link.session(2);
    await admin.publishAsync(name, 'next', { qos: 1 });
    await until('the next one', () => heard.length === 2);
    expect(heard).toEqual(['kept true', 'next false']);
  });

  it('is what examples/mqtt.ts shows: orders come in, reports go out, SIGTERM ends it in order', async () => {
    const name = uniqueName();
    const admin = await publisher(name);
    const reports: string[] = [];
    admin.on('message', (_topic, payload) => reports.push(String(payload)));
    await admin.subscribeAsync(`${name}/reports`, { qos: 1 });
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/mqtt.ts', href, name], {
      cwd: root,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    await until('it is online', () => output.includes('session 1'));
    await admin.publishAsync(`${name}/orders`, '21 degrees', { qos: 2 });
    await until('it is reported', () => reports.length === 1);
    expect(reports).toEqual([`done: ${name}/orders 21 degrees`]);
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    expect(output).toBe('session 1 \nstopped\n');
  });

  it('publishes at each QoS', async () => {
    const name = uniqueName();
    await publisher(name);
    const heard: string[] = [];
    const link = keepUp({
      url: href,
      clientId: name,
      topics: { [name]: 2 },
      onMessage: ({ payload, qos }) => heard.push(`${String(payload)} ${qos}`),
    });
    await link.session(1);
    for (const qos of [0, 1, 2] as const) {
      await link.connections[0]?.publish(name, 'own', { qos });
    }
    await until('all are heard', () => heard.length === 3);
    expect(heard.toSorted()).toEqual(['own 0', 'own 1', 'own 2']);
  });
});

describe.skipIf(isMosquittoMissing)(
  `Mosquitto with users${isMosquittoMissing ? ' (skipped: it is not installed)' : ''}`,
  () => {
    const guarded = [
      'allow_anonymous false',
      'password_file FOLDER/users',
      'acl_file FOLDER/rights',
    ];
    const me = { username: 'me', password: 'secret' };
    const options = { clientId: 'any', topics: 'mine/a', login: () => me, onMessage() {} };
    const failureOf = async (
      own: Partial<Parameters<typeof mqttSubscriber>[0]> & { url: string },
    ) => {
      const error = await rejection(run(mqttSubscriber({ ...options, ...own })));
      expect(isRetryableMqttError(error)).toBe(false);
      return error;
    };

    it('lets in who is known, whatever the URL says, and refuses all else for good', async () => {
      const { url } = await startMosquitto(...guarded);
      const link = keepUp({ ...options, url: url.replace('//', '//me:stale@') });
      await link.session(1);
      const wrong = { url, login: () => ({ ...me, password: 'wrong' }) };
      expect(await failureOf(wrong)).toMatchObject({ packet: 'CONNACK', reasonCode: 135 });
      expect(await failureOf({ ...wrong, protocolVersion: 4 })).toMatchObject({ reasonCode: 5 });
      await expect(link.connections[0]?.publish('theirs', '', { qos: 1 })).rejects.toMatchObject({
        packet: 'PUBACK',
        reasonCode: 135,
      });
    });

    it('is sent no more than `receiveMaximum` ahead', async () => {
      const { url } = await startMosquitto('allow_anonymous true');
      let [waiting, most] = [0, 0];
      const link = keepUp({
        ...options,
        url,
        receiveMaximum: 3,
        redeliveryDelayMs: 0,
        onError() {},
        onMessage({ payload }, { redeliveries }) {
          if (redeliveries === 0) most = Math.max(most, ++waiting);
          if (redeliveries < 2) throw new Error('not yet');
          waiting -= 1;
          return String(payload);
        },
      });
      await link.session(1);
      const [connection] = link.connections as [MqttConnection];
      for (let count = 0; count < 12; count++) await connection.publish('mine/a', 'x', { qos: 1 });
      await until('all are handled', () => waiting === 0);
      expect(most).toBeLessThanOrEqual(3);
    });

    it.each([
      [5, 135],
      [4, 128],
    ] as const)('refuses a topic by MQTT %i with %i', async (protocolVersion, code) => {
      expect(dynamicSecurity, 'the plugin of Mosquitto that refuses topics').toHaveLength(1);
      const { url } = await startMosquitto('allow_anonymous false', ...dynamicSecurity);
      const login = () => ({ username: 'admin', password: 'secret' });
      const topics = ['$SYS/a', 'theirs'];
      expect(await failureOf({ url, login, topics, protocolVersion })).toMatchObject({
        refused: { theirs: code },
      });
    });

    it.each<[string, string, number, (connection: MqttConnection) => unknown]>([
      [
        'larger than it takes',
        'max_packet_size 100',
        149,
        (its) => its.publish('a', 'x'.repeat(200)),
      ],
      ['retained', 'retain_available false', 154, (its) => its.publish('a', '', { retain: true })],
      [
        'of a QoS that it does not take',
        'max_qos 1',
        155,
        (its) => its.publish('a', '', { qos: 2 }),
      ],
    ])('ends the session at a message that is %s', async (_title, line, reasonCode, send) => {
      const { url } = await startMosquitto('allow_anonymous true', line);
      const link = keepUp({ ...options, url });
      await link.session(1);
      void Promise.resolve(send(link.connections[0] as MqttConnection)).catch(() => {});
      await until('it has ended', () =>
        link.emitted.some(({ type }) => type === 'connection.closed'),
      );
      expect(link.emitted.find(({ type }) => type === 'connection.closed')).toMatchObject({
        error: { packet: 'DISCONNECT', reasonCode },
      });
    });
  },
);
