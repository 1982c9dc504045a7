import fc from 'fast-check';
import { reconnectMachine } from 'schmoozer';
import { expect, it, vi } from 'vitest';
import { createActor } from 'xstate';
import { createReconnectActor as createCompiled } from '../../../src/compiled/createReconnectActor.js';
import { reconnectLogic } from '../../../src/compiled/reconnectLogic.js';
import { redact } from '../../../src/core/redacted.js';
import { createReconnectActor } from '../../../src/machine/reconnectActor.js';
import { scripts } from './script.js';
import { type Engine, traceOf, turns } from './trace.js';

vi.mock('../../../src/core/nextTurn.js', () => ({
  nextTurn: (callback: () => void) => void turns.push(callback),
}));

const numRuns = process.env['SCHMOOZER_DEEP'] === '1' ? 60_000 : 2000;

const xstate: Engine = (connector, options) =>
  createReconnectActor(connector as never, options) as never;
const compiled: Engine = (connector, options) =>
  createCompiled(connector as never, options) as never;

/** Inside an actor of XState: what listeners throw is that actor's matter, so they throw nothing here. */
const inActor =
  (logic: unknown): Engine =>
  (connector, { clock, logger, ...options }: { clock?: unknown; logger?: unknown }) =>
    createActor(
      logic as never,
      {
        input: { connector: redact(connector as never), ...options },
        clock,
        logger,
      } as never,
    ) as never;

it.each<[string, Engine, Engine, boolean]>([
  ['the compiled engine', xstate, compiled, true],
  ['its logic', inActor(reconnectMachine), inActor(reconnectLogic()), false],
])(
  `%s leaves the trace that XState leaves, microtask by microtask, on ${numRuns} scripts`,
  { timeout: 1_800_000 },
  async (_what, one, other, throws) => {
    let entries = 0;
    // On a failure fast-check prints the seed, the path and the smallest script it could find.
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const ears = script.ears.map((ear) => ({ ...ear, throws: ear.throws && throws }));
        const wanted = await traceOf(one, { ...script, ears });
        entries += wanted.length;
        expect(await traceOf(other, { ...script, ears })).toEqual(wanted);
      }),
      { numRuns },
    );
    expect(entries).toBeGreaterThan(numRuns * 20);
  },
);
