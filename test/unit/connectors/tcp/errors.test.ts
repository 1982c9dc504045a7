import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { once } from 'node:events';
import { closed, SocketClosedError, tcpConnector, write } from 'schmoozer/tcp';
import { Break } from 'schmoozer';
import { closeErrorOf, failureOf } from '../../../../src/connectors/tcp/errors.js';
import { pair, rejection } from '../../../support/loopback.js';

const duplex = () => new Duplex({ read: () => {}, write: () => {} }).on('error', () => {});

it('what broke a socket is its error, but not that a write was cancelled by our own destroy', async () => {
  const [broken, cancelled, whole] = [duplex(), duplex(), duplex()];
  const error = new Error('broken');
  broken.destroy(error);
  cancelled.destroy(Object.assign(new Error('write ECANCELED'), { code: 'ECANCELED' }));
  whole.destroy();
  await once(whole, 'close');
  expect([broken, cancelled, whole].map(failureOf)).toEqual([error, undefined, undefined]);
  expect(closeErrorOf(broken)).toBe(error);
  expect(closeErrorOf(cancelled)).toBeInstanceOf(SocketClosedError);
});

it('a socket that we destroy while it writes ends without an error, whatever Node says', async () => {
  const { ours } = await pair();
  const connector = tcpConnector({ host: 'x', port: 1, run: async () => Break() });
  const ended = connector.closed?.(ours);
  const writing = rejection(write(ours, 'x'.repeat(50_000_000)));
  ours.destroy();
  expect(await writing).toBeInstanceOf(SocketClosedError);
  expect(await ended).toEqual({ detail: { by: 'destroy', unreadBytes: 0 } });
  expect(await closed(ours)).toBeUndefined();
});
