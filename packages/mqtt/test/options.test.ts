import { InvalidOptionError } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { tellsPeer } from '../../../test/support/peerSuite.js';
import { mqttSubscriber, type MqttSubscriberOptions } from '../src/index.js';
import { resolveSettings } from '../src/options.js';

const options = { url: 'mqtt://127.0.0.1', clientId: 'me', topics: 'a', onMessage() {} };

describe('mqttSubscriber', () => {
  it.each<[name: string, value: unknown, named?: string]>([
    ['url', undefined],
    ['url', 'http://me:secret@127.0.0.1'],
    ['url', 'mqtt:///secret'],
    ['url', { secret: 1 }],
    ['url', 'mqtt://me:12#secret@broker.test'],
    ['tls', {}, 'url'],
    ['tls', true],
    ['login', 'secret'],
    ['login', { password: 'secret' }],
    ['login', { username: 'me', password: 7 }],
    ['login', { username: 'me', pass: 'secret' }],
    ['clientId', undefined],
    ['clientId', ''],
    ['topics', undefined],
    ['topics', ''],
    ['topics', ['a', 7]],
    ['topics', 'a/#/b'],
    ['topics', ['a+/b']],
    ['topics', { a: 3 }, 'topics["a"].qos'],
    ['topics', { a: { rh: 3 } }, 'topics["a"].rh'],
    ['topics', { a: { nl: 1 } }, 'topics["a"].nl'],
    ['topics', { a: { Qos: 1 } }, 'topics["a"].Qos'],
    ['protocolVersion', 3],
    ['sessionExpiryS', -1],
    ['sessionExpiryS', 2 ** 32 - 1],
    ['sessionExpiryS', 1.5],
    ['receiveMaximum', 0],
    ['receiveMaximum', 65_536],
    ['heartbeatMs', 0],
    ['heartbeatMs', 65_535_001],
    ['heartbeatMs', '1000'],
    ['clientOptions', 'secret'],
    ['clientOptions', { reconnectPeriod: 1 }, 'clientOptions.reconnectPeriod'],
    ['clientOptions', { properties: { receiveMaximum: 1 } }, 'clientOptions.properties.receive'],
    ['isRetryable', true],
    ['retryDelay', 5],
    ['maxInFlight', 0],
    ['maxRedeliveries', -1],
    ['topic', 'a'],
  ])('refuses `%s`: %s', (name, value, named = name) => {
    const call = () => mqttSubscriber({ ...options, [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${named}`);
    expect(call).not.toThrow('secret');
  });

  it.each<[Partial<MqttSubscriberOptions>, string]>([
    [{ receiveMaximum: 10 }, 'receiveMaximum'],
    [{ topics: { a: { nl: true } } }, 'topics["a"].nl'],
    [{ topics: { a: { qos: 1, rap: true } } }, 'topics["a"].rap'],
    [{ topics: { a: { rh: 2 } } }, 'topics["a"].rh'],
    [{ clientOptions: { properties: { userProperties: {} } } }, 'clientOptions.properties'],
  ])('refuses with MQTT 3.1.1, which would not send it: %o', (own, name) => {
    const call = () => mqttSubscriber({ ...options, protocolVersion: 4, ...own });
    expect(call).toThrow(`\`${name}\` must be left out with \`protocolVersion\` 4`);
  });

  it.each(['host', 'port', 'path', 'socket'])('refuses `tls.%s`: the URL says where', (name) => {
    const own = { url: 'mqtts://broker.test', tls: { [name]: 'secret' } };
    const call = () => mqttSubscriber({ ...options, ...own });
    expect(call).toThrow(`\`tls.${name}\` must be left out`);
    expect(call).not.toThrow('secret');
  });

  it('refuses `tls` for a WebSocket of the platform, which takes no such options', () => {
    const clientOptions = { forceNativeWebSocket: true };
    const own = { url: 'wss://broker.test', tls: { ca: 'secret' }, clientOptions };
    expect(() => mqttSubscriber({ ...options, ...own })).toThrow(
      '`clientOptions.forceNativeWebSocket` must be left out beside `tls`',
    );
  });

  it.each<Partial<MqttSubscriberOptions>>([
    { protocolVersion: 4, topics: { a: 2, b: { qos: 0 } }, receiveMaximum: undefined as never },
    { url: 'wss://[::1]:8084/mqtt', tls: { ca: '' } },
    { topics: ['+/a/#', '#', '$share/group/a'] },
    { topics: [] },
    { topics: { a: 0, b: { qos: 2, rh: 0, nl: true, rap: true } } },
    { sessionExpiryS: Infinity, heartbeatMs: 1 },
    { clientOptions: { will: { topic: 'a', payload: 'gone' }, properties: {} } },
    { url: () => 'mqtt://127.0.0.1', tls: {} },
  ])('takes %o', (own) => {
    expect(() => mqttSubscriber({ ...options, ...own })).not.toThrow();
  });

  it('needs no `clientId` where the broker keeps no session', () => {
    const { clientId: _, ...others } = options;
    expect(() => mqttSubscriber({ ...others, sessionExpiryS: 0 })).not.toThrow();
  });

  it.each<[own: Partial<MqttSubscriberOptions>, receiveMaximum: number]>([
    [{}, 100],
    [{ maxWaiting: 99 }, 99],
    [{ maxWaiting: 1, maxInFlight: 20 }, 20],
    [{ maxInFlight: 101 }, 101],
    [{ maxInFlight: 70_000 }, 65_535],
  ])('with %o has a `receiveMaximum` of %d', (own, receiveMaximum) => {
    expect(resolveSettings({ ...options, ...own })).toMatchObject({ receiveMaximum });
  });

  tellsPeer(
    'mqttSubscriber',
    (url) => mqttSubscriber({ ...options, url }),
    (
      [
        ['mqtt://me:secret@broker.test', 'broker.test', 1883],
        ['mqtts://broker.test', 'broker.test', 8883],
        ['ws://me:secret@[::1]/mqtt', '::1', 80],
        ['wss://broker.test', 'broker.test', 443],
        ['wss://broker.test:9001', 'broker.test', 9001],
      ] as const
    ).map(([url, address, port]) => [
      url,
      `${address}:${port}`,
      { address, port, protocol: 'mqtt', transport: 'tcp' },
    ]),
  );

  it('does not say to whom it connects, if a function answers it', () => {
    const { peer, limiterKey } = mqttSubscriber({ ...options, url: () => 'mqtt://127.0.0.1' });
    expect([peer, limiterKey]).toEqual([undefined, undefined]);
  });
});
