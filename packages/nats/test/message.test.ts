import type { Msg } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../src/jetstream/message.js';

const of = (reply: string | undefined) =>
  messageOf({
    subject: 'orders.new',
    reply,
    data: new Uint8Array([53]),
    string: () => '5',
    json: () => 5,
  } as unknown as Msg);

describe('messageOf', () => {
  const numbers = '3.17.9.1795787306062855476.2';
  const facts = {
    stream: 'S',
    consumer: 'd',
    deliveryCount: 3,
    streamSequence: 17,
    deliverySequence: 9,
    pending: 2,
    redelivered: true,
  };

  it.each([
    [`$JS.ACK.S.d.${numbers}`, { domain: '', account_hash: '' }],
    [`$JS.ACK.hub.HASH.S.d.${numbers}`, { domain: 'hub', account_hash: 'HASH' }],
    [`$JS.ACK._.HASH.S.d.${numbers}.token`, { domain: '', account_hash: 'HASH' }],
  ])('reads the facts of %s', (reply, where) => {
    const message = of(reply);
    expect(message.info).toMatchObject({ ...facts, ...where });
    expect(message).toMatchObject({ subject: 'orders.new', seq: 17, redelivered: true });
    expect(message.time.toISOString()).toBe('2026-11-27T13:48:26.062Z');
    expect([message.string(), message.json()]).toEqual(['5', 5]);
  });

  it.each([undefined, '', '_INBOX.a.b', '$JS.ACK.S.d.1', '$JS.API.S.d.1.1.1.1.1'])(
    'refuses what is of no stream: %s',
    (reply) => {
      expect(() => of(reply)).toThrow('belongs to no stream');
    },
  );
});
