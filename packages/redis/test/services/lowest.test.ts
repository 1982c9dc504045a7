/** The lowest versions of both clients that the peer ranges name. */
import { certificateFor, privateAuthority } from '../../../../test/support/certificate.js';
import { launch, start } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { createClient } from 'redis';
import { Redis } from 'ioredis';
import { describe, expect, it, vi } from 'vitest';
import { entries } from '../support/entries.js';
import { streamService, subscriberService } from '../support/redisServices.js';
import { isRedisMissing } from '../support/skipped.js';
import { staysUp } from '../support/staysUp.js';

vi.mock('ioredis', () => import('ioredis-lowest'));
vi.mock('redis', () => import('redis-lowest'));

const authority = await privateAuthority('Ours');
const shown = await certificateFor('localhost', { ca: authority });

it('are those that are tested here', async () => {
  expect(Redis).toBe((await import('ioredis-lowest')).Redis);
  expect(createClient).toBe((await import('redis-lowest')).createClient);
});

describe
  .skipIf(isRedisMissing)
  .each(
    entries.flatMap(([client, entry]) => [
      [`redisSubscriber, by ${client}`, subscriberService(entry)] as const,
      [`redisSubscriber of patterns, by ${client}`, subscriberService(entry, 'patterns')] as const,
      [
        `redisSubscriber of shard channels, by ${client}`,
        subscriberService(entry, 'shardChannels'),
      ] as const,
      [`redisStream, by ${client}`, streamService(entry)] as const,
    ]),
  )('%s', (_name, service) => {
  staysUp(service);

  it('brings messages, also after a cut and after a reset, and leaves nothing behind', async () => {
    const loop = await start(service);
    await loop.flow();
    await loop.cut();
    await loop.session(2);
    await loop.flow();
    loop.proxy.reset();
    await loop.session(3);
    await loop.flow();
    await loop.stop();
  });

  it('does so over TLS, and refuses a certificate of another authority', async () => {
    const loop = await start(service, { tls: { shown, ca: authority.cert } });
    await loop.flow();
    await loop.stop();
    const foreign = await privateAuthority('Theirs');
    const refused = await launch(service, { tls: { shown, ca: foreign.cert } });
    expect(await refused.failure()).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  });

  it('stops soon while the peer is silent: in a session, and while it connects', async () => {
    const inSession = await start(service);
    await inSession.flow();
    inSession.proxy.silence();
    await inSession.stop({ isSilent: true });
    const connecting = await launch(service, { connectTimeoutMs: Infinity }, false);
    await until('the proxy is asked', () => connecting.proxy.held === 1);
    await connecting.stop({ isSilent: true });
  });
});
