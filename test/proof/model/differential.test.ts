import fc from 'fast-check';
import { constantBackoff, createReconnectActor } from 'schmoozer';
import { virtualClock } from 'schmoozer/testing';
import { expect, it } from 'vitest';
import { BACKOFF_MS, CHANCE, type Script, World } from './differentialWorld.js';
import { LIMITS, plainLoop } from './plainLoop.js';

const numRuns = process.env['SCHMOOZER_DEEP'] === '1' ? 30_000 : 1500;
const HORIZON_MS = 20_000;

async function traceOfLoop(script: Script): Promise<World['trace']> {
  const clock = virtualClock();
  const world = new World(script, clock);
  world.schedule((command) => world.onCommand(command));
  const loop = plainLoop(world, clock);
  await clock.advance(HORIZON_MS);
  const trace = structuredClone(world.trace);
  void loop;
  return trace;
}

async function traceOfMachine(script: Script): Promise<World['trace']> {
  const clock = virtualClock();
  const world = new World(script, clock);
  const actor = createReconnectActor(world.connector(), {
    clock,
    now: clock.now,
    random: () => CHANCE,
    backoff: constantBackoff(BACKOFF_MS),
    failFast: script.failFast,
    logger: (error) => world.note('events', `logged ${String(error)}`),
    ...LIMITS,
    ...(script.permits && { limiter: world.limiter() }),
  });
  const isActive = () => actor.getSnapshot().status === 'active';
  world.schedule((type) => isActive() && actor.send({ type, reason: 'asked' }));
  actor.on('*', (event) => world.hear(event));
  actor.start();
  await clock.advance(HORIZON_MS);
  // What the end of the test does to a machine that is still trying is no part of its story.
  const trace = structuredClone(world.trace);
  actor.stop();
  return trace;
}

const ms = fc.integer({ min: 0, max: 2000 });
/** Mostly in time. */
const connectMs = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 500 }) },
  { weight: 1, arbitrary: ms },
);
/** Within the grace period, and beyond it. */
const afterMs = fc.constantFrom(0, 0, 100, 300, 450, 800);
/** Enough for several sessions: what comes after the end of a script only ends the loop. */
const few = { minLength: 4, maxLength: 8 };
const scripts: fc.Arbitrary<Script> = fc.record({
  connects: fc.array(
    fc.record({
      outcome: fc.constantFrom(
        ...(['ok', 'ok', 'ok', 'ok', 'retryable', 'permanent', 'busy', 'offline'] as const),
        ...(['ok', 'ok', 'ok', 'ok', 'fatal', 'never'] as const),
      ),
      ms: connectMs,
      ending: fc.record({
        afterMs,
        outcome: fc.constantFrom('gives in', 'gives in', 'ok', 'throw', 'fatal'),
      }),
    }),
    few,
  ),
  runs: fc.array(
    fc.record({
      outcome: fc.constantFrom(
        ...(['Continue', 'Continue', 'Continue', 'throw', 'throw', 'throw'] as const),
        ...(['permanent', 'offline', 'Break', 'fatal'] as const),
      ),
      ms,
      ending: fc.record({
        afterMs,
        outcome: fc.constantFrom(
          ...(['gives in', 'gives in', 'gives in', 'Continue', 'throw', 'permanent'] as const),
          ...(['Break', 'fatal'] as const),
        ),
      }),
      loss: fc.option(
        fc.record({
          outcome: fc.constantFrom(
            ...(['in order', 'in order', 'error', 'error', 'permanent', 'busy'] as const),
            ...(['offline', 'fatal'] as const),
          ),
          ms,
          unreadMs: fc.option(fc.integer({ min: 0, max: 700 }), { nil: undefined }),
        }),
        { nil: undefined },
      ),
      releaseMs: fc.constantFrom(0, 0, 0, 200, 450, 800),
    }),
    few,
  ),
  delays: fc.array(
    fc.record({
      outcome: fc.constantFrom('ms', 'ms', 'ms', 'ms', 'zero', 'zero', 'Break', 'throw'),
      ms: connectMs,
      later: fc.boolean(),
    }),
    { minLength: 6, maxLength: 12 },
  ),
  permits: fc.option(
    fc.array(
      fc.record({
        outcome: fc.constantFrom('at once', 'later', 'later', 'refused'),
        ms: connectMs,
      }),
      few,
    ),
    { nil: undefined },
  ),
  commands: fc.array(
    fc.record({
      command: fc.constantFrom('reconnect', 'reconnect', 'suspend', 'resume', 'resume', 'stop'),
      atMs: fc.integer({ min: 0, max: 8000 }),
    }),
    { maxLength: 8 },
  ),
  failFast: fc.constantFrom('startup', 'always', 'never'),
  decides: fc.boolean(),
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
        steps += loop.calls.length;
        expect(machine).toEqual(loop);
      }),
      { numRuns },
    );
    expect(steps).toBeGreaterThan(numRuns * 3);
  },
);
