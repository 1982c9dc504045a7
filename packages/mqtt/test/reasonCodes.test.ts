import { run, type Verdict } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { firstAttempt } from '../../../test/support/attempt.js';
import { rejection } from '../../../test/support/loopback.js';
import {
  isRetryableMqttError,
  MqttReasonError,
  MqttSubscribeError,
  mqttSubscriber,
} from '../src/index.js';
import { startBroker } from './support/startBroker.js';

const options = { clientId: 'me', topics: ['a', 'b'], onMessage() {} };

/** What follows when a broker refuses the connection with a code. */
const connacks: [protocolVersion: 4 | 5, code: number, isRetryable: boolean][] = [
  [4, 1, false],
  [4, 2, false],
  [4, 3, true],
  [4, 4, false],
  [4, 5, false],
  [5, 128, true],
  [5, 129, true],
  [5, 130, true],
  [5, 131, true],
  [5, 132, false],
  [5, 133, false],
  [5, 134, false],
  [5, 135, false],
  [5, 136, true],
  [5, 137, true],
  [5, 138, false],
  [5, 140, false],
  [5, 144, false],
  [5, 149, false],
  [5, 151, true],
  [5, 153, false],
  [5, 154, false],
  [5, 155, false],
  [5, 156, true],
  [5, 157, false],
  [5, 159, true],
];

/** The same of the end of a session; MQTT 3.1.1 has no such packet. */
const disconnects: [code: number, isRetryable: boolean][] = [
  [0, true],
  [128, true],
  [129, true],
  [130, true],
  [131, true],
  [135, false],
  [137, true],
  [139, true],
  [141, true],
  [142, true],
  [143, false],
  [144, false],
  [147, true],
  [148, true],
  [149, false],
  [150, true],
  [151, true],
  [152, true],
  [153, false],
  [154, false],
  [155, false],
  [156, true],
  [157, false],
  [158, false],
  [159, true],
  [160, true],
  [161, false],
  [162, false],
];

const subacks: [protocolVersion: 4 | 5, code: number, isRetryable: boolean][] = [
  [4, 128, false],
  [5, 128, false],
  [5, 131, true],
  [5, 135, false],
  [5, 143, false],
  [5, 145, true],
  [5, 151, true],
  [5, 158, false],
  [5, 161, false],
  [5, 162, false],
];

describe('a broker that refuses the connection', () => {
  it.each(connacks)('by MQTT %i with %i: retryable %s', async (protocolVersion, code, expected) => {
    const { url } = await startBroker(protocolVersion, ({ cmd }, { send }) => {
      if (cmd !== 'connect') return false;
      const properties = code === 156 ? { serverReference: 'there', reasonString: 'full\n' } : {};
      send({
        cmd: 'connack',
        returnCode: code,
        reasonCode: code,
        sessionPresent: false,
        properties,
      });
      return true;
    });
    const connector = mqttSubscriber({ ...options, url, protocolVersion });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(MqttReasonError);
    expect(error).toMatchObject({ packet: 'CONNACK', reasonCode: code });
    expect(isRetryableMqttError(error)).toBe(expected);
    if (code !== 156) return;
    expect(error).toMatchObject({ serverReference: 'there', reasonString: 'full\n' });
    expect(String(error)).toContain('("full\\n")');
  });
});

describe('a broker that ends the session', () => {
  it.each(disconnects)('with %i: retryable %s', async (reasonCode, expected) => {
    const { url } = await startBroker(5, ({ cmd }, { send }) => {
      if (cmd === 'subscribe') setImmediate(() => send({ cmd: 'disconnect', reasonCode }));
    });
    const verdicts: (Verdict | boolean | undefined)[] = [];
    const connector = mqttSubscriber({ ...options, url });
    const failure = rejection(
      run({
        ...connector,
        isRetryable(error, facts) {
          verdicts.push(connector.isRetryable?.(error, facts));
          return false;
        },
      }),
    );
    expect(await failure).toMatchObject({ packet: 'DISCONNECT', reasonCode });
    expect(verdicts).toEqual([expected ? true : 'permanent']);
  });
});

describe('a broker that refuses a topic', () => {
  it.each(subacks)('by MQTT %i with %i: retryable %s', async (protocolVersion, code, expected) => {
    const { url, peers } = await startBroker(protocolVersion, (packet, { send }) => {
      if (packet.cmd !== 'subscribe') return false;
      send({ cmd: 'suback', messageId: packet.messageId, granted: [1, code] });
      return true;
    });
    const connector = mqttSubscriber({ ...options, url, protocolVersion });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(error).toBeInstanceOf(MqttSubscribeError);
    expect(error).toMatchObject({ refused: { b: code } });
    expect(String(error)).toContain(`"b": ${code}`);
    expect(isRetryableMqttError(error)).toBe(expected);
    // Nothing of it is left.
    expect(peers.length).toBe(1);
  });

  it('or confirms fewer than were asked for', async () => {
    const { url } = await startBroker(5, (packet, { send }) => {
      if (packet.cmd !== 'subscribe') return false;
      send({ cmd: 'suback', messageId: packet.messageId, granted: [1] });
      return true;
    });
    const error = await rejection(
      mqttSubscriber({ ...options, url }).connect(firstAttempt().attempt),
    );
    expect(error).toMatchObject({ refused: { b: 128 } });
  });
});

describe('isRetryableMqttError', () => {
  it('sorts all else as TCP errors are, and no number of another library', () => {
    expect(isRetryableMqttError({ code: 'ECONNREFUSED' })).toBe(true);
    expect(isRetryableMqttError(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toBe(
      false,
    );
    expect(isRetryableMqttError(Object.assign(new Error('x'), { code: 5 }))).toBe(true);
  });
});
