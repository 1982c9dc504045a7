import assert from 'node:assert/strict';
import { Continue } from 'schmoozer';
import { type ModelTest, modelTest } from 'schmoozer/testing';
import { statusConnector } from './connector.js';
import { FakeServer } from './fakeServer.js';
import type { Mistake } from './mistakes.js';
import { statusBar } from './statusBar.js';

/** Tests the connector and the status bar against the model, in memory. */
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
      // The connector has no `closed`: only its `run` notices a loss.
      'run.lost': null,
    },
    states: {
      connecting: ({ line }) => assert.equal(line.textContent, 'Connecting …'),
      running: ({ line }) => assert.equal(line.textContent, 'Online'),
      waiting: async ({ line, clock }, moment) => {
        const countdown = () => `Offline, next attempt in ${moment.remainingMs / 1000} s`;
        assert.equal(line.textContent, countdown());
        await clock.advance(1000);
        assert.equal(line.textContent, countdown());
      },
      closing: ({ line }) => assert.equal(line.textContent, 'Offline'),
      suspended: ({ line }) => assert.equal(line.textContent, 'Offline'),
      stopping: ({ line }) => assert.equal(line.textContent, 'Stopping …'),
      stopped: ({ line }) => assert.equal(line.textContent, 'Stopped'),
    },
    resources: { sockets: ({ server }) => server.openSockets },
    // After each failure in a row the wait is longer, so that a countdown from another delay is noticed.
    options: { backoff: ({ attempt }) => Continue(1000 * (attempt + 1)) },
  });
}
