import { expect, it } from 'vitest';
import { NOWHERE, whereaboutsOf } from '../../../src/telemetry/peer.js';

it('is the same object for peers that say the same, and another one as soon as a field differs', () => {
  const peer = { address: 'a.example', port: 1, protocol: 'amqp', transport: 'tcp' } as const;
  const first = whereaboutsOf(peer);
  expect(whereaboutsOf({ ...peer })).toBe(first);
  const others = [
    { address: 'b.example' },
    { port: 2 },
    { protocol: 'mqtt' },
    { transport: 'unix' },
  ];
  for (const other of others) expect(whereaboutsOf({ ...peer, ...other })).not.toEqual(first);
  expect(whereaboutsOf(peer)).toEqual(first);
});

it('is nowhere for a connector that says nothing any more', () => {
  expect(whereaboutsOf(undefined)).toBe(NOWHERE);
});
