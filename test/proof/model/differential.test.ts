import fc from 'fast-check';
import { createReconnectActor } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { type Script, World } from './differentialWorld.js';
import { LIMITS, plainLoop } from './plainLoop.js';

const numRuns = process.env['SCHMOOZER_DEEP'] === '1' ? 5000 : 300;
const HORIZON_MS = 20_000;

async function traceOfLoop(script: Script): Promise<string[]> {
  const clock = virtualClock();
  const world = new World(script, clock);
  world.schedule((command) => world.onCommand(command));
  void plainLoop(world, clock).then((output) => world.note(JSON.stringify({ ...output })));
  await clock.advance(HORIZON_MS);
  return world.trace;
}

async function traceOfMachine(script: Script): Promise<string[]> {
  const clock = virtualClock();
  const world = new World(script, clock);
  const actor = createReconnectActor(world.connector(), { clock, now: clock.now, ...LIMITS });
  const isActive = () => actor.getSnapshot().status === 'active';
  world.schedule((type) => isActive() && actor.send({ type, reason: 'asked' }));
  actor.subscribe({
    complete: () => world.note(JSON.stringify({ ...actor.getSnapshot().output })),
  });
  actor.start();
  await clock.advance(HORIZON_MS);
  // What the end of the test does to a machine that is still trying is no part of its story.
  const trace = [...world.trace];
  actor.stop();
  return trace;
}

const ms = fc.integer({ min: 0, max: 2000 });
const few = { maxLength: 8 };
const scripts: fc.Arbitrary<Script> = fc.record({
  connects: fc.array(
    fc.record({
      outcome: fc.constantFrom(
        'ok',
        'ok',
        'ok',
        'retryable',
        'retryable',
        'busy',
        'offline',
        'fatal',
        'never',
      ),
      ms,
    }),
    few,
  ),
  runs: fc.array(
    fc.record({ outcome: fc.constantFrom('Continue', 'Continue', 'throw', 'Break', 'fatal'), ms }),
    few,
  ),
  delays: fc.array(
    fc.record({
      outcome: fc.constantFrom('ms', 'ms', 'ms', 'zero', 'Break', 'throw'),
      ms,
      later: fc.boolean(),
    }),
    { maxLength: 12 },
  ),
  commands: fc.array(
    fc.record({
      command: fc.constantFrom('reconnect', 'reconnect', 'stop'),
      atMs: fc.integer({ min: 0, max: 8000 }),
    }),
    { maxLength: 4 },
  ),
} as never);

it(
  `the machine does what the plain loop does, on ${numRuns} scripts`,
  { timeout: 600_000 },
  async () => {
    let steps = 0;
    // On a failure fast-check prints the seed, the path and the smallest script it could find.
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const [loop, machine] = await Promise.all([traceOfLoop(script), traceOfMachine(script)]);
        steps += loop.length;
        expect(machine).toEqual(loop);
      }),
      { numRuns },
    );
    expect(steps).toBeGreaterThan(numRuns * 3);
  },
);
