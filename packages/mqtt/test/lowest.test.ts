// oxlint-disable import/no-unassigned-import -- their tests are run again
import { connect } from 'mqtt';
import { expect, it, vi } from 'vitest';
import manifest from 'mqtt-lowest/package.json' with { type: 'json' };
import './protocol.test.js';
import './reasonCodes.test.js';

vi.mock('mqtt', () => import('mqtt-lowest'));

it('is the lowest client of the peer range', async () => {
  expect(manifest.version).toBe('5.0.0');
  expect(connect).toBe((await import('mqtt-lowest')).connect);
});
