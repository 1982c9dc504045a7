import { connect } from 'mqtt';
import { expect, it, vi } from 'vitest';
import { certificateFor, privateAuthority } from '../../../../test/support/certificate.js';
import { start } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { mqttService } from '../support/mqttService.js';
import { isBrokerMissing } from '../support/skipped.js';

vi.mock('mqtt', () => import('mqtt-lowest'));

it.skipIf(isBrokerMissing)(
  `the lowest client of the peer range stays up over TLS${isBrokerMissing ? ' (skipped: no server)' : ''}`,
  async () => {
    expect(connect).toBe((await import('mqtt-lowest')).connect);
    const ca = await privateAuthority('Ours');
    const tls = { shown: await certificateFor('localhost', { ca }), ca: ca.cert };
    const loop = await start(mqttService(1), { tls, heartbeatS: 1 });
    await loop.flow();
    loop.proxy.reset();
    await loop.session(2);
    await loop.flow();
    loop.proxy.silence();
    await until('an attempt that hung was given up', () => loop.failedAttempts() > 0);
    await loop.proxy.pass();
    await loop.session(3);
    await loop.flow();
    expect(loop.heard.sessions.map(({ gap }) => gap)).toEqual([false, false, false]);
    await loop.stop();
  },
);
