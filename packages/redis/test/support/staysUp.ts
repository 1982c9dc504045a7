import { expect, it } from 'vitest';
import { start } from '../../../../test/support/serviceLoop.js';
import type { Service } from '../../../../test/support/serviceUnderTest.js';
import { until } from '../../../../test/support/until.js';

/** A peer that answers is not taken for a silent one: a PING means something else in each mode of each client. */
export function staysUp(service: Service): void {
  it('stays up for many heartbeats', async () => {
    const loop = await start(service, { heartbeatS: 0.25 });
    await loop.flow();
    const since = performance.now();
    await until('three heartbeats have passed', () => performance.now() - since > 750);
    await loop.flow();
    expect(loop.heard.sessions).toHaveLength(1);
    await loop.stop();
  });
}
