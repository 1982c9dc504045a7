/** A small suite for any runner that has `describe` and `it`. */
import assert from 'node:assert/strict';
import { Break, Continue, fatal } from 'schmoozer';
import { modelTest, scriptedConnector } from 'schmoozer/testing';

const refused = new Error('refused');
const nothing = () => {};
const states = {
  connecting: nothing,
  running: nothing,
  waiting: nothing,
  suspended: nothing,
  stopped: nothing,
  closing: nothing,
  stopping: nothing,
};

export function suite({ describe, it }) {
  const test = modelTest({
    world: () => scriptedConnector({ closed: true }),
    connector: ({ connector }) => connector,
    outcomes: {
      'connect.ok': ({ connects }) => connects.at(-1).resolve(),
      'connect.retryable': ({ connects }) => connects.at(-1).reject(refused),
      'connect.fatal': ({ connects }) => connects.at(-1).reject(fatal(refused)),
      'run.continue': ({ runs }) => runs.at(-1).resolve(Continue()),
      'run.break': ({ runs }) => runs.at(-1).resolve(Break()),
      'run.throws': ({ runs }) => runs.at(-1).reject(refused),
      'run.fatal': ({ runs }) => runs.at(-1).reject(fatal(refused)),
      'run.lost': ({ closes }) => closes.at(-1).reject(refused),
    },
    states,
    resources: { connections: ({ live }) => live },
    // A script does not end by itself.
    allowGrace: true,
  });
  describe('a connector against the model', () => {
    for (const path of test.paths({ cover: 'edges', maxAttempt: 1 }))
      it(path.name, () => path.run());
    it('has taken every edge', () => test.coverage.assertComplete());
    it('fails where the model is not met', async () => {
      const world = () => Promise.reject(new Error('no world'));
      const broken = modelTest({ ...configOf(), world });
      await assert.rejects(broken.explore({ depth: 1 }), /no world/);
    });
  });
}

function configOf() {
  const provoke = Object.fromEntries(
    [
      'connect.ok',
      'connect.retryable',
      'connect.fatal',
      'run.continue',
      'run.break',
      'run.throws',
      'run.fatal',
      'run.lost',
    ].map((name) => [name, nothing]),
  );
  return { connector: ({ connector }) => connector, outcomes: provoke, states };
}
