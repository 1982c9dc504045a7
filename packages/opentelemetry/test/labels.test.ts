import { describe, expect, it } from 'vitest';
import { aboutLink, attempt, publish, publishAttempt, server } from './support/messages.js';
import { telemetry } from './support/telemetry.js';

const failed = { ...attempt, outcome: 'failed', verdict: 'transient' } as const;

describe('labels', () => {
  it('are bounded: servers beyond `maxValues` are one, without a port', async () => {
    const { collect } = telemetry({ maxValues: 2 });
    for (let i = 0; i < 500; i++) {
      const address = `host-${i}.example`;
      publishAttempt({ ...aboutLink({ server: { address, port: i } }), ...attempt });
    }
    publishAttempt({
      ...aboutLink({ server: { address: 'host-1.example', port: 1 } }),
      ...attempt,
    });
    const points = (await collect())['schmoozer.connection.create_time']?.points;
    expect(
      points?.map(({ attributes, count }) => [
        attributes['server.address'],
        attributes['server.port'],
        count,
      ]),
    ).toEqual([
      ['host-0.example', 0, 1],
      ['host-1.example', 1, 2],
      ['_OTHER', undefined, 498],
    ]);
  });

  it('are bounded with a link that leaves an overflown server: its state returns to 0', async () => {
    const { collect } = telemetry({ maxValues: 1 });
    for (const address of ['a.example', 'b.example', 'c.example']) {
      const link = aboutLink({ server: { address, port: 1 } });
      publish('schmoozer:link:state', { ...link, from: undefined, to: 'online', ms: 0 });
      publish('schmoozer:link:state', { ...link, from: 'online', to: 'ended', ms: 0 });
    }
    const points = (await collect())['schmoozer.connection.count']?.points;
    expect(points?.map(({ attributes, value }) => [attributes['server.address'], value])).toEqual([
      ['a.example', 0],
      ['_OTHER', 0],
    ]);
  });

  it('types of errors, and keys of limiters, are bounded likewise', async () => {
    const { collect } = telemetry({ maxValues: 2 });
    const link = aboutLink();
    for (let i = 0; i < 50; i++) {
      const error = { name: 'Error', message: 'no', code: `E${i}` };
      publishAttempt({ ...link, ...failed, error });
      const queue = { change: 'queued', outcome: undefined, queued: 1, inFlight: 0 } as const;
      publish('schmoozer:limiter:queue', { ...queue, limiterId: -1, key: `key ${i}` });
    }
    const metrics = await collect();
    const seen = (name: string, attribute: string) =>
      metrics[name]?.points.map(({ attributes }) => attributes[attribute]);
    expect(seen('schmoozer.connection.attempts', 'error.type')).toEqual(['E0', 'E1', '_OTHER']);
    expect(seen('schmoozer.limiter.pending', 'schmoozer.limiter.key')).toEqual([
      'key 0',
      'key 1',
      '_OTHER',
    ]);
    expect(metrics['schmoozer.limiter.pending']?.points.map(({ value }) => value)).toEqual([
      1, 1, 48,
    ]);
  });

  it.each([
    ['its code', { name: 'DatabaseError', code: '28P01' }, '28P01'],
    ['its class, without a code', { name: 'TypeError', code: undefined }, 'TypeError'],
    ['its class, for a code that is text', { name: 'E', code: 'no access\nfor "you"' }, 'E'],
    ['its class, for a code without end', { name: 'E', code: 'x'.repeat(65) }, 'E'],
    ['_OTHER, if neither is a word', { name: '<b>', code: '' }, '_OTHER'],
  ])('the type of an error is %s', async (_, { name, code }, type) => {
    const { collect } = telemetry();
    publishAttempt({ ...aboutLink(), ...failed, error: { name, message: '', code } });
    const points = (await collect())['schmoozer.connection.attempts']?.points;
    expect(points?.map(({ attributes }) => attributes['error.type'])).toEqual([type]);
  });

  it('what is not known of a server is left out', async () => {
    const { collect } = telemetry();
    const nothing = { address: undefined, port: undefined };
    const network = { transport: undefined, protocol: { name: undefined } };
    publishAttempt({ ...aboutLink({ server: nothing, network }), ...attempt });
    const points = (await collect())['schmoozer.connection.create_time']?.points;
    expect(points?.map(({ attributes }) => attributes)).toEqual([{}]);
  });

  it('names of links are there on request alone, of at most 255 characters', async () => {
    const plain = telemetry();
    const named = telemetry({ linkNames: true });
    publishAttempt({ ...aboutLink({ name: 'x'.repeat(1000) }), ...attempt });
    const attributes = async ({ collect }: typeof plain) =>
      (await collect())['schmoozer.connection.create_time']?.points[0]?.attributes;
    expect(await attributes(plain)).toEqual(server);
    expect(await attributes(named)).toEqual({ ...server, 'schmoozer.link.name': 'x'.repeat(255) });
  });
});
