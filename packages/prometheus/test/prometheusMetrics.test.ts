import { AggregatorRegistry, Counter, Registry, type RegistryContentType } from 'prom-client';
import {
  constantBackoff,
  Continue,
  createReconnectActor,
  fatal,
  InvalidOptionError,
  type Peer,
  run,
} from 'schmoozer';
import { channel } from 'node:diagnostics_channel';
import { diagnose } from 'schmoozer/diagnostics';
import { connectLimiter, fixedPace } from 'schmoozer/limiter';
import { scriptedConnector, virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { until } from '../../../test/support/until.js';
import { prometheusMetrics, type PrometheusMetricsOptions } from '../src/index.js';

const peer: Peer = { address: 'feed.example', port: 443, protocol: 'websocket' };

function metered(options: PrometheusMetricsOptions = {}) {
  const registry = new Registry();
  const metrics = prometheusMetrics({ registry, ...options });
  onTestFinished(() => metrics.unsubscribe());
  return {
    registry,
    metrics,
    /** The samples of a scrape that match. */
    samples: async (pattern: RegExp) => {
      const text = await registry.metrics();
      return text.split('\n').filter((line) => !line.startsWith('#') && pattern.test(line));
    },
    value: async (sample: string) => {
      const line = (await registry.metrics())
        .split('\n')
        .find((one) => one.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length + 1));
    },
  };
}

const at = 'server_address="feed.example",server_port="443",network_protocol_name="websocket"';

/** A link whose sessions last until they are told to end. */
function link(overrides: { name?: string; peer?: Peer; stableAfterMs?: number } = {}) {
  const ends: ((error?: unknown) => void)[] = [];
  const failures: unknown[] = [];
  const actor = createReconnectActor(
    {
      peer: overrides.peer ?? peer,
      connect: async () => {
        if (failures.length > 0) throw failures.shift();
        return {};
      },
      run: (_connection, { signal }) =>
        new Promise<ReturnType<typeof Continue>>((resolve, reject) => {
          signal.addEventListener('abort', () => resolve(Continue()), { once: true });
          ends.push((error) => (error === undefined ? resolve(Continue()) : reject(error)));
        }),
    },
    {
      id: overrides.name ?? 'prices',
      backoff: constantBackoff(1),
      stableAfterMs: overrides.stableAfterMs ?? 1,
    },
  );
  onTestFinished(() => void actor.stop());
  return { actor, ends, failures };
}

const isOnline = (actor: ReturnType<typeof link>['actor']) => () =>
  actor.getSnapshot().hasTag('online');

describe('prometheusMetrics', () => {
  it('counts links by state, and the time they spend in it, until the scrape', async () => {
    const { samples, value } = metered();
    const { actor } = link();
    expect(await samples(/^schmoozer_connections\b/)).toEqual([]);
    actor.start();
    await until('it is online', isOnline(actor));
    expect(await value(`schmoozer_connections{${at},state="online"}`)).toBe(1);
    expect(await value(`schmoozer_connections{${at},state="waiting"}`)).toBe(0);
    const time = `schmoozer_connection_state_seconds_total{${at},state="online"}`;
    const fromMs = performance.now();
    const before = (await value(time)) as number;
    const sinceMs = performance.now();
    await until('some time has passed', () => performance.now() > sinceMs + 20);
    const passed = ((await value(time)) as number) - before;
    expect(passed).toBeGreaterThanOrEqual(0.02);
    expect(passed).toBeLessThanOrEqual((performance.now() - fromMs) / 1000);
    actor.send({ type: 'suspend' });
    await until('it is suspended', () => actor.getSnapshot().hasTag('suspended'));
    expect(await value(`schmoozer_connections{${at},state="online"}`)).toBe(0);
    expect(await value(`schmoozer_connections{${at},state="suspended"}`)).toBe(1);
    const stays = await value(time);
    actor.stop();
    const left = await samples(/^schmoozer_connections\b.* [^0]/);
    expect(left).toEqual([]);
    expect(await value(time)).toBe(stays);
  });

  it('has attempts by outcome and error, sessions by cause, delays, and the end', async () => {
    const { value } = metered();
    const { actor, ends, failures } = link();
    failures.push(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    actor.start();
    await until('it is online', isOnline(actor));
    ends[0]?.(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    await until('it is back', () => ends.length === 2);
    failures.push(fatal(new TypeError('no')));
    ends[1]?.();
    await until('it has ended', () => actor.getSnapshot().status === 'done');
    const attempts = (outcome: string, error: string) =>
      value(
        `schmoozer_connection_attempts_total{${at},outcome="${outcome}",error_type="${error}"}`,
      );
    expect(await attempts('opened', '')).toBe(2);
    expect(await attempts('failed', 'ECONNREFUSED')).toBe(1);
    const create = `schmoozer_connection_create_seconds_count`;
    expect(await value(`${create}{${at},error_type=""}`)).toBe(2);
    expect(await value(`${create}{${at},error_type="ECONNREFUSED"}`)).toBe(1);
    const duration = 'schmoozer_connection_duration_seconds_count';
    expect(await value(`${duration}{${at},cause="retryable",error_type="ECONNRESET"}`)).toBe(1);
    expect(await value(`${duration}{${at},cause="continue",error_type=""}`)).toBe(1);
    expect(await value(`schmoozer_retry_delay_seconds_sum{${at}}`)).toBeCloseTo(0.003, 6);
    expect(await value(`schmoozer_retry_delay_seconds_count{${at}}`)).toBe(3);
    expect(
      await value(`schmoozer_links_ended_total{${at},status="failed",error_type="TypeError"}`),
    ).toBe(1);
  });

  it('has an outage once: when a session has become stable', async () => {
    const { samples, value } = metered();
    const clock = virtualClock();
    const { connector, connects, runs } = scriptedConnector();
    const actor = createReconnectActor(connector, {
      clock,
      now: () => clock.now(),
      stableAfterMs: 1000,
      backoff: constantBackoff(3000),
    }).start();
    onTestFinished(() => void actor.stop());
    const down = /^schmoozer_connection_down_seconds_(?:sum|count)/;
    const open = async (afterMs: number) => {
      await clock.advance(afterMs);
      connects.at(-1)?.resolve();
      await clock.advance(0);
    };
    await open(500);
    await clock.advance(999);
    runs.at(-1)?.reject(new Error('lost'));
    await clock.advance(0);
    expect(await samples(down)).toEqual([]);
    await open(3000);
    await clock.advance(999);
    expect(await samples(down)).toEqual([]);
    await clock.advance(1);
    const nowhere = 'server_address="",server_port="",network_protocol_name=""';
    // Since the link was made: 0.5 s, a session of 0.999 s that was none, 3 s.
    expect(await value(`schmoozer_connection_down_seconds_sum{${nowhere}}`)).toBeCloseTo(4.499, 6);
    runs.at(-1)?.reject(new Error('lost'));
    await clock.advance(0);
    await open(3000);
    await clock.advance(1000);
    expect(await value(`schmoozer_connection_down_seconds_sum{${nowhere}}`)).toBeCloseTo(7.499, 6);
    expect(await value(`schmoozer_connection_down_seconds_count{${nowhere}}`)).toBe(2);
  });

  it('knows when a server was online last, by name only when asked', async () => {
    const own = metered({ linkNames: true });
    const { samples } = metered();
    const first = link({ name: 'one' });
    const second = link({ name: 'two' });
    for (const { actor } of [first, second]) {
      actor.start();
      await until('it is online', isOnline(actor));
    }
    const last = /^schmoozer_connection_last_online/;
    const beforeS = Date.now() / 1000;
    first.actor.send({ type: 'suspend' });
    await until('it is suspended', () => first.actor.getSnapshot().hasTag('suspended'));
    const afterS = Date.now() / 1000;
    await until('some time has passed', () => Date.now() / 1000 > afterS + 0.01);
    const named = await own.samples(last);
    expect(named).toHaveLength(2);
    const one = named.find((line) => line.includes('name="one"')) ?? '';
    const two = named.find((line) => line.includes('name="two"')) ?? '';
    const seconds = (line: string) => Number(line.split(' ').at(-1));
    expect(seconds(one)).toBeGreaterThanOrEqual(beforeS - 0.01);
    expect(seconds(one)).toBeLessThanOrEqual(afterS);
    expect(seconds(two)).toBeGreaterThan(afterS);
    const [all = '', ...more] = await samples(last);
    expect(more).toEqual([]);
    expect(all).not.toContain(',name="');
    expect(seconds(all)).toBeGreaterThan(afterS);
    first.actor.stop();
    expect(await own.samples(last)).toHaveLength(1);
    second.actor.stop();
    expect(await own.samples(last)).toEqual([]);
  });

  it('sums up limiters by key, and has their pace', async () => {
    const { value } = metered();
    const limiter = connectLimiter({ pace: fixedPace({ perSecond: 0.01, burst: 1 }) });
    const actors = Array.from({ length: 3 }, () =>
      createReconnectActor(
        {
          connect: ({ signal }) =>
            new Promise<object>((_, reject) => {
              signal.addEventListener('abort', () => reject(signal.reason), { once: true });
            }),
          run: async () => Continue(),
        },
        { limiter, limiterKey: 'feed' },
      ),
    );
    for (const actor of actors) actor.start();
    await until(
      'two wait',
      async () => (await value('schmoozer_limiter_pending{key="feed"}')) === 2,
    );
    expect(await value('schmoozer_limiter_in_flight{key="feed"}')).toBe(1);
    expect(await value('schmoozer_limiter_rate{key="feed"}')).toBe(0.01);
    for (const actor of actors) actor.send({ type: 'stop' });
    await until('all have ended', () => actors.every((a) => a.getSnapshot().status !== 'active'));
    expect(await value('schmoozer_limiter_pending{key="feed"}')).toBe(0);
    expect(await value('schmoozer_limiter_in_flight{key="feed"}')).toBe(0);
  });

  it('counts what budgets, endpoints and groups do', async () => {
    const { value } = metered();
    const error = { name: 'Error', message: 'away', code: 'ERR_BUDGET' };
    const publish = (name: string, message: object) =>
      channel(`schmoozer:${name}`).publish(message);
    publish('budget:restored', { downMs: 1 });
    expect(await value('schmoozer_budgets_degraded')).toBe(0);
    publish('budget:degraded', { key: 'a', error });
    expect(await value('schmoozer_budgets_degraded')).toBe(1);
    publish('budget:restored', { downMs: 1 });
    expect(await value('schmoozer_budgets_degraded')).toBe(0);
    expect(await value('schmoozer_budget_fallbacks_total{error_type="ERR_BUDGET"}')).toBe(1);
    publish('endpoint:ejected', { endpoint: 'a', forMs: 1 });
    expect(await value('schmoozer_endpoint_ejections_total')).toBe(1);
    publish('restart:scheduled', { name: 'a', restarts: 1, delayMs: 1, error });
    expect(await value('schmoozer_link_restarts_total{error_type="ERR_BUDGET"}')).toBe(1);
    publish('link:givenUp', { name: 'a', error });
    expect(await value('schmoozer_links_given_up_total{error_type="ERR_BUDGET"}')).toBe(1);
  });

  it('has the waits for a budget by key and outcome', async () => {
    const { value } = metered();
    const wait = { key: 'feed', permits: 5, delayMs: 120 };
    const publish = (message: object) => channel('schmoozer:budget:waited').publish(message);
    publish({ ...wait, outcome: 'granted', waitMs: 120 });
    publish({ ...wait, outcome: 'granted', waitMs: 80 });
    publish({ ...wait, outcome: 'withdrawn', waitMs: 50 });
    const labels = 'key="feed",outcome="granted"';
    expect(await value(`schmoozer_budget_wait_seconds_sum{${labels}}`)).toBeCloseTo(0.2);
    expect(await value(`schmoozer_budget_wait_seconds_count{${labels}}`)).toBe(2);
    expect(await value(`schmoozer_budget_wait_seconds_bucket{le="0.1",${labels}}`)).toBe(1);
    expect(await value(`schmoozer_budget_wait_seconds_bucket{le="0.25",${labels}}`)).toBe(2);
  });

  it('counts what is exactly at a bound below it, as Prometheus has it', async () => {
    const { value } = metered();
    const wait = { key: 'feed', permits: 1, delayMs: 0, outcome: 'granted' };
    for (const waitMs of [5, 5.001, 300_000, 300_001]) {
      channel('schmoozer:budget:waited').publish({ ...wait, waitMs });
    }
    const bucket = (le: string) =>
      value(`schmoozer_budget_wait_seconds_bucket{le="${le}",key="feed",outcome="granted"}`);
    expect(await Promise.all(['0.005', '0.01', '300', '+Inf'].map(bucket))).toEqual([1, 2, 3, 4]);
  });

  it('has the default labels of the registry, and is OpenMetrics where that is asked for', async () => {
    const registry = new Registry<RegistryContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    registry.setDefaultLabels({ app: 'shop' });
    const own = prometheusMetrics({ registry });
    onTestFinished(() => own.unsubscribe());
    const wait = { key: 'feed', permits: 1, delayMs: 0, outcome: 'granted', waitMs: 1 };
    channel('schmoozer:budget:waited').publish(wait);
    const text = await registry.metrics();
    expect(text).toContain(
      'schmoozer_budget_wait_seconds_count{key="feed",outcome="granted",app="shop"} 1',
    );
    expect(text).toContain('# TYPE schmoozer_connection_attempts counter');
    expect(text).toMatch(/# EOF\n$/);
  });

  it('begins at 0 again after `resetMetrics()` of the registry, as all that `prom-client` has', async () => {
    const { registry, value } = metered();
    const wait = { key: 'feed', permits: 1, delayMs: 0, outcome: 'granted', waitMs: 1 };
    channel('schmoozer:budget:waited').publish(wait);
    registry.resetMetrics();
    expect(await value('schmoozer_budget_wait_seconds_count{key="feed",outcome="granted"}')).toBe(
      0,
    );
  });

  it('hears links that were given to `diagnose` alone, if asked to', async () => {
    const { samples } = metered({ everyLink: false });
    const unheard = link({ name: 'unheard' });
    const heard = link({ peer: { address: 'heard.example' } });
    diagnose(heard.actor);
    for (const { actor } of [unheard, heard]) actor.start();
    for (const { actor } of [unheard, heard]) await until('it is online', isOnline(actor));
    expect(await samples(/_connections\{.* 1$/)).toEqual([
      'schmoozer_connections{server_address="heard.example",server_port="",network_protocol_name="",state="online"} 1',
    ]);
  });

  it('is gone after `unsubscribe()`, and leaves alone what has come in its place', async () => {
    const { registry, metrics, samples } = metered();
    registry.removeSingleMetric('schmoozer_connections');
    const other = new Counter({
      name: 'schmoozer_connections',
      help: 'other',
      registers: [registry],
    });
    metrics.unsubscribe();
    metrics.unsubscribe();
    link().actor.start();
    expect(await samples(/./)).toEqual(['schmoozer_connections 0']);
    expect(registry.getSingleMetric('schmoozer_connections')).toBe(other);
  });

  it('is summed up over the workers of a cluster, the last time online by the greatest', async () => {
    const { registry } = metered();
    const { actor } = link();
    actor.start();
    await until('it is online', isOnline(actor));
    const one = await registry.getMetricsAsJSON();
    const all = await AggregatorRegistry.aggregate([one, one] as never).metrics();
    expect(all).toContain(`schmoozer_connections{${at},state="online"} 2`);
    const last = /^schmoozer_connection_last_online_timestamp_seconds\{.*\} (.*)$/m.exec(all)?.[1];
    expect(Number(last)).toBeLessThanOrEqual(Date.now() / 1000);
  });
});

describe('what others make up', () => {
  it('has as many servers, keys and names as was said, and then one for all others', async () => {
    const { samples } = metered({ maxServers: 3, linkNames: true });
    for (let i = 0; i < 20; i++) {
      const { actor } = link({ name: `link-${i}`, peer: { address: `${i}.example`, port: i } });
      actor.start();
      await until('it is online', isOnline(actor));
      channel('schmoozer:limiter:queue').publish({
        limiterId: 1,
        key: `${i}`,
        queued: 1,
        inFlight: 0,
      });
    }
    const online = await samples(/^schmoozer_connections\{.*"online"/);
    expect(online).toHaveLength(4);
    expect(online).toContain(
      'schmoozer_connections{server_address="_OTHER",server_port="",network_protocol_name="",state="online"} 17',
    );
    expect((await samples(/^schmoozer_connection_last/)).length).toBeLessThanOrEqual(4);
    expect(await samples(/^schmoozer_limiter_pending/)).toEqual([
      'schmoozer_limiter_pending{key="0"} 1',
      'schmoozer_limiter_pending{key="1"} 1',
      'schmoozer_limiter_pending{key="2"} 1',
      'schmoozer_limiter_pending{key="_OTHER"} 17',
    ]);
  });

  it('has 30 kinds of errors, and no text for one', async () => {
    const { samples } = metered();
    const { actor, failures } = link();
    failures.push(Object.assign(new Error('x'), { code: 'a"} 1\nevil{x="' }));
    failures.push(Object.assign(new Error('x'), { code: 'x'.repeat(100) }));
    for (let i = 0; i < 100; i++) failures.push(Object.assign(new Error('x'), { code: `E${i}` }));
    actor.start();
    await until('it is online', isOnline(actor));
    const failed = await samples(/^schmoozer_connection_attempts_total.*"failed"/);
    expect(failed).toHaveLength(31);
    expect(failed.find((line) => line.includes('_OTHER'))).toMatch(/ 72$/);
    expect(await samples(/evil/)).toEqual([]);
  });

  it('writes a hostile address and a hostile key as one sample', async () => {
    const { registry, samples } = metered();
    const hostile = 'a"} 1\nevil{x="\\';
    const { actor } = link({ peer: { address: hostile, protocol: hostile } });
    actor.start();
    channel('schmoozer:limiter:queue').publish({
      limiterId: 1,
      key: hostile,
      queued: 1,
      inFlight: 0,
    });
    expect(await samples(/^evil/)).toEqual([]);
    expect(await samples(/^schmoozer_limiter_pending/)).toEqual([
      String.raw`schmoozer_limiter_pending{key="a\"} 1\nevil{x=\"\\"} 1`,
    ]);
    expect(await registry.metrics()).not.toContain('\nevil');
  });

  it('loses the numbers of a clock that has none, and nothing else', async () => {
    const { samples } = metered();
    const output = await run(
      { peer, connect: async () => ({}), run: async () => ({ type: 'break' }) as never },
      { now: () => Number.NaN, failFast: 'always' },
    ).catch((error: unknown) => error);
    expect(output).toBeDefined();
    expect((await samples(/^schmoozer_connection_attempts_total/)).length).toBeGreaterThan(0);
    expect(await samples(/NaN/)).toEqual([]);
  });
});

describe('a message that cannot be recorded', () => {
  it('ends no process, and is warned about once', () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    metered();
    for (let i = 0; i < 2; i += 1) channel('schmoozer:budget:waited').publish(undefined);
    expect(warned.mock.calls).toEqual([
      [
        expect.objectContaining({
          message: '@schmoozer/prometheus: the metrics are incomplete',
          cause: expect.any(TypeError),
        }),
      ],
    ]);
    warned.mockRestore();
  });
});

describe('a registry that does not take them', () => {
  it('is refused when it has one of the names, and keeps only what it had', () => {
    const registry = new Registry();
    const theirs = new Counter({
      name: 'schmoozer_limiter_pending',
      help: 'theirs',
      registers: [registry],
    });
    const call = () => prometheusMetrics({ registry });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow('`registry` must be one without a metric named schmoozer_limiter_pending');
    expect(registry.getMetricsAsArray()).toEqual([theirs]);
    expect(channel('schmoozer:link:state').hasSubscribers).toBe(false);
  });

  it('is refused a second time', () => {
    const { registry } = metered();
    expect(() => prometheusMetrics({ registry })).toThrow('schmoozer_connections');
  });

  it('is refused when it throws, with what it threw', () => {
    const registry = new Registry();
    const cause = new Error('full');
    const take = registry.registerMetric.bind(registry);
    registry.registerMetric = (metric) => {
      if (registry.getMetricsAsArray().length === 3) throw cause;
      take(metric);
    };
    expect(() => prometheusMetrics({ registry })).toThrow(
      expect.objectContaining({ name: 'InvalidOptionError', option: 'registry', cause }),
    );
    expect(registry.getMetricsAsArray()).toEqual([]);
    expect(channel('schmoozer:link:state').hasSubscribers).toBe(false);
  });

  it.each<[string, unknown]>([
    ['registry', null],
    ['registry', 'secret://user:pw@host'],
    ['registry', {}],
    ['maxServers', 0],
    ['maxServers', 10_001],
    ['maxServers', 1.5],
    ['linkNames', 'yes'],
    ['everyLink', 1],
    ['prefix', 'x_'],
  ])('refuses `%s`: %s', (name, value) => {
    const call = () => prometheusMetrics({ registry: new Registry(), [name]: value });
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`${name}\``);
    expect(call).not.toThrow('pw@host');
  });

  it.each([null, 7])('refuses %s for its options', (value) => {
    expect(() => prometheusMetrics(value as never)).toThrow('`options` must be an object');
  });
});
