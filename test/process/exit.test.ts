import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const library = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** Runs a program on the built library in a process of its own; it has 10 s. */
async function runProgram(source: string): Promise<string> {
  const program = `import * as schmoozer from ${JSON.stringify(library)};\n${source}`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--unhandled-rejections=strict', '--input-type=module', '--eval', program],
    { timeout: 10_000 },
  );
  return stdout.trim();
}

it('a process that stops during a backoff of 6 s exits within 200 ms', async () => {
  const exitedAfterMs = await runProgram(`
    const { createReconnectActor, constantBackoff, Continue } = schmoozer;
    const actor = createReconnectActor(
      { connect: () => Promise.reject(new Error('refused')), run: async () => Continue() },
      { backoff: constantBackoff(6000) },
    );
    let stoppedAt;
    actor.on('retry.scheduled', () => setImmediate(() => {
      stoppedAt = performance.now();
      actor.send({ type: 'stop' });
    }));
    process.on('exit', () => console.log(performance.now() - stoppedAt));
    actor.start();
  `);
  expect(Number(exitedAfterMs)).toBeGreaterThanOrEqual(0);
  expect(Number(exitedAfterMs)).toBeLessThan(200);
});

it('a process outlives listeners, inspectors and releases that throw', async () => {
  const output = await runProgram(`
    const { createReconnectActor, constantBackoff, Break, Continue } = schmoozer;
    let sessions = 0;
    const bug = () => { throw new Error('bug'); };
    let logged = 0;
    const actor = createReconnectActor(
      {
        connect: async () => ({}),
        run: async () => (++sessions < 3 ? Continue() : Break('done')),
        disconnect: bug,
      },
      { backoff: constantBackoff(0), inspect: bug, logger: () => void (logged += 1) },
    );
    actor.on('*', bug);
    actor.subscribe(bug);
    process.on('exit', () => console.log(JSON.stringify(actor.getSnapshot().output), logged > 9));
    actor.start();
  `);
  expect(output).toBe('{"status":"completed","value":"done"} true');
});

it('a process whose connect rejects after a stop sees no unhandled rejection', async () => {
  const output = await runProgram(`
    const { createReconnectActor, Continue } = schmoozer;
    let reject;
    const actor = createReconnectActor(
      { connect: () => new Promise((_, no) => { reject = no; }), run: async () => Continue() },
      { gracePeriodMs: 0 },
    );
    actor.start();
    setImmediate(() => actor.send({ type: 'stop' }));
    actor.subscribe({ complete: () => { reject(new Error('late')); } });
    process.on('exit', () => console.log(JSON.stringify(actor.getSnapshot().output)));
  `);
  expect(output).toBe('{"status":"stopped"}');
});
