import assert from 'node:assert/strict';
import { constantBackoff } from 'schmoozer';
import { type ModelTest, modelTest } from 'schmoozer/testing';
import { statusConnector } from './connector.js';
import { FakeServer } from './fakeServer.js';
import type { Mistake } from './mistakes.js';
import { statusBar } from './statusBar.js';

/** The connector and the status bar against the model, in memory. */
export function statusBarTest(mistake?: Mistake): ModelTest {
  return modelTest({
    world: ({ clock }) => ({ clock, server: new FakeServer(), line: { textContent: '' } }),
    connector: ({ server }) => statusConnector(server.open, mistake),
    attach: ({ line, clock }, actor) => statusBar(actor, line, clock, mistake),
    outcomes: {
      'connect.ok': ({ server }) => server.accept(),
      'connect.retryable': ({ server }) => server.refuse(503),
      'connect.fatal': ({ server }) => server.refuse(401),
      'run.continue': ({ server }) => server.close(1012),
      'run.break': ({ server }) => server.close(1000),
      'run.throws': ({ server }) => server.close(1006),
      'run.fatal': ({ server }) => server.close(4401),
      // The connector has no `closed`: its `run` notices by itself.
      'run.lost': null,
    },
    states: {
      connecting: ({ line }) => assert.equal(line.textContent, 'Connecting …'),
      running: ({ line }) => assert.equal(line.textContent, 'Online'),
      waiting: async ({ line, clock }) => {
        assert.equal(line.textContent, 'Offline, next attempt in 3 s');
        await clock.advance(1000);
        assert.equal(line.textContent, 'Offline, next attempt in 2 s');
      },
      suspended: ({ line }) => assert.equal(line.textContent, 'Offline'),
      stopped: ({ line }) => assert.equal(line.textContent, 'Stopped'),
    },
    resources: { sockets: ({ server }) => server.openSockets },
    options: { backoff: constantBackoff(3000) },
  });
}
