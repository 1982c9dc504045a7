import { constantBackoff, Continue, fatal, reconnectMachine, redact, run } from 'schmoozer';
import { type ScriptedConnector, scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it } from 'vitest';
import { createActor, setup } from 'xstate';
import { embedded } from '../../support/engine.js';

const SECRET = 'hunter2';

/** As an HTTP client throws it: with its request, its response, and a cycle. */
function httpError(): Error {
  const error = new Error('HTTP 503');
  const request = { headers: { authorization: SECRET }, error };
  return Object.assign(error, { request, response: { request } });
}

/** As a connector tells of it: with details that hold what nobody may see. */
function lost(drained?: Promise<void>) {
  const error = httpError();
  return { error, detail: { request: error }, ...(drained && { drained }) };
}

/** A parent with a link, at the moment at which something has been thrown. */
const moments: Record<string, (script: ScriptedConnector, tick: () => Promise<void>) => unknown> = {
  async 'connect failed'(script) {
    script.connects[0]?.reject(httpError());
  },
  async 'the next attempt is under way'(script, tick) {
    script.connects[0]?.reject(httpError());
    await tick();
  },
  async 'run failed'(script, tick) {
    script.connects[0]?.resolve();
    await tick();
    script.runs[0]?.reject(httpError());
  },
  async 'retryDelay is undecided'(script, tick) {
    script.connects[0]?.reject(httpError());
    await tick();
  },
  async 'connect failed for good'(script) {
    script.connects[0]?.reject(fatal(httpError()));
  },
  async 'the connection was lost, and what had arrived is read'(script, tick) {
    script.connects[0]?.resolve();
    await tick();
    script.closes[0]?.resolve(lost(new Promise(() => {})));
  },
  async 'the connection was lost, and run has been told'(script, tick) {
    script.connects[0]?.resolve();
    await tick();
    script.closes[0]?.resolve(lost());
  },
  async 'the lost session is over'(script, tick) {
    script.connects[0]?.resolve();
    await tick();
    script.closes[0]?.resolve(lost());
    await tick();
    script.runs[0]?.reject(httpError());
  },
  async 'a probe failed'(script, tick) {
    script.connector.probe = () => Promise.reject(httpError());
    script.connects[0]?.resolve();
    await tick();
    script.closes[0]?.reject(httpError());
  },
  async 'the release of a session whose run failed lasts'(script, tick) {
    script.connector.disconnect = () => new Promise(() => {});
    script.connects[0]?.resolve();
    await tick();
    script.runs[0]?.reject(httpError());
  },
  async 'a lost session ended the link'(script, tick) {
    script.connects[0]?.resolve();
    await tick();
    script.closes[0]?.reject(fatal(httpError()));
    await tick();
    script.runs[0]?.reject(httpError());
  },
  async 'retryDelay gave up'(script) {
    script.connector.retryDelay = () => Promise.reject(httpError());
    script.connects[0]?.reject(new Error('refused'));
  },
};

describe.each(Object.keys(moments))('when %s with a cyclic error that carries a token', (name) => {
  it('a parent can be persisted, its link inspected, and nothing of the error but its facts is seen', async () => {
    const clock = virtualClock();
    const script = scriptedConnector({
      retryDelay: name === 'retryDelay is undecided',
      closed: true,
    });
    const input = { connector: redact(script.connector), backoff: constantBackoff(1000) };
    const app = setup({ actors: { link: embedded } }).createMachine({
      invoke: { id: 'link', src: 'link', input },
    });
    const seen: string[] = [];
    const actor = createActor(app, {
      clock,
      // Not `_transitions`: they are the machine's own state nodes, which are cyclic.
      inspect: (inspected) => {
        const { type, event, snapshot } = inspected as unknown as Record<string, unknown>;
        seen.push(JSON.stringify({ type, event, snapshot }));
      },
    }).start();
    await clock.drain();
    await moments[name]?.(script, () => clock.drain());
    await clock.drain();
    seen.push(JSON.stringify(actor.getPersistedSnapshot()), JSON.stringify(actor.getSnapshot()));
    const link = actor.getSnapshot().children['link'];
    if (link) seen.push(JSON.stringify(link.getSnapshot()));
    expect(seen.length).toBeGreaterThan(4);
    // Of a loss nothing is shown until the session is over.
    if (!/run has been told|is read|a probe/.test(name)) {
      expect(seen.join('\n')).toContain('HTTP 503');
    }
    expect(seen.join('\n')).not.toContain(SECRET);
    actor.stop();
  });
});

it('the output’s persisted form has the facts, and run() throws the very error', async () => {
  const error = httpError();
  const connector = {
    connect: () => Promise.reject<number>(fatal(error)),
    run: async () => Continue(),
  };
  const actor = createActor(embedded, { input: { connector } }).start();
  await new Promise<void>((resolve) => actor.subscribe({ complete: resolve }));
  const facts = { status: 'failed', error: { name: 'Error', message: 'HTTP 503' } };
  const persisted = actor.getPersistedSnapshot() as { output?: unknown };
  expect(JSON.parse(JSON.stringify(persisted.output))).toEqual(facts);
  expect(JSON.parse(JSON.stringify(actor.getSnapshot().output))).toEqual(facts);
  expect((actor.getSnapshot().output as { error: unknown }).error).toBe(error);
  await expect(run(connector)).rejects.toBe(error);
});

it('a machine that was provided with something refuses a restored snapshot too, and persists as safely', async () => {
  const clock = virtualClock();
  const script = scriptedConnector();
  const provided = reconnectMachine.provide({ delays: { stableAfter: 1 } });
  const actor = createActor(provided, { clock, input: { connector: script.connector } }).start();
  await clock.drain();
  script.connects[0]?.reject(fatal(httpError()));
  await clock.drain();
  expect(JSON.stringify(actor.getPersistedSnapshot())).not.toContain(SECRET);
  const text = JSON.stringify(
    createActor(provided, { input: { connector: script.connector } }).getPersistedSnapshot(),
  );
  const restored = createActor(provided, { snapshot: JSON.parse(text), input: undefined as never });
  const errors: unknown[] = [];
  restored.subscribe({ error: (thrown) => errors.push(thrown) });
  restored.start();
  expect(errors).toMatchObject([{ code: 'ERR_NOT_RESTORABLE' }]);
});
