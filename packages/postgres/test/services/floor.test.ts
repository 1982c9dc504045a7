import pg from 'pg';
import floor from 'pg-floor/package.json' with { type: 'json' };
import { describe, expect, it, vi } from 'vitest';
import own from '../../package.json' with { type: 'json' };
import { describeContract } from '../../../../test/support/serviceContract.js';
import { postgresFeed } from '../../src/index.js';
import { feedService } from '../support/feedService.js';
import { verdictSuite } from '../support/verdictSuite.js';

// The lowest version of the client that the package allows, in the place of the installed one.
vi.mock('pg', async () => ({ default: await import('pg-floor').then((module) => module.default) }));

describe(`with pg ${floor.version}`, () => {
  it('is what the package’s peer range begins with', async () => {
    const { default: oldest } = await import('pg-floor');
    expect(pg).toBe(oldest);
    expect(own.peerDependencies.pg).toBe(`^${floor.version}`);
  });
  describeContract(feedService(postgresFeed), 18);
  verdictSuite();
});
