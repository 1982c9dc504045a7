import { readFileSync } from 'node:fs';
import { channel } from 'node:diagnostics_channel';
import { createNoopMeter, diag, type MeterProvider, trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { Break, InvalidOptionError, run } from 'schmoozer';
import { channels } from 'schmoozer/diagnostics';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SchmoozerInstrumentation } from '../src/index.js';
import { aboutLink, publish } from './support/messages.js';
import { telemetry } from './support/telemetry.js';

const once = () =>
  run({ connect: async () => 'a connection', run: async () => Break('done') }, { id: 'one' });

/** Channels of schmoozer that somebody listens to. */
function heard(): string[] {
  return Object.entries(channels)
    .flatMap(([name, { kind }]) =>
      kind === 'plain' ? [name] : [`tracing:${name}:start`, `tracing:${name}:asyncEnd`],
    )
    .filter((name) => channel(name).hasSubscribers);
}

/** A meter of which every instrument, or every recording, throws. */
function throwing(what: 'instruments' | 'recordings'): MeterProvider {
  const fail = () => {
    throw new Error('this meter is broken');
  };
  const broken = new Proxy({}, { get: () => fail });
  const meter = new Proxy(createNoopMeter(), {
    get: (_, method) => {
      if (String(method).endsWith('Callback')) return () => {};
      return what === 'instruments' ? fail : () => broken;
    },
  });
  return { getMeter: () => meter };
}

describe('SchmoozerInstrumentation', () => {
  it('is an Instrumentation, of the version of its package', () => {
    const instrumentation: Instrumentation = new SchmoozerInstrumentation({ enabled: false });
    const manifest = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { name: string; version: string };
    expect(instrumentation.instrumentationName).toBe(manifest.name);
    expect(instrumentation.instrumentationVersion).toBe(manifest.version);
    expect(instrumentation.getConfig()).toEqual({
      enabled: false,
      linkNames: false,
      maxValues: 200,
      spans: 'attempts',
    });
  });

  it('is off with `enabled: false` until it is enabled, and leaves no subscription behind', async () => {
    const { instrumentation, collect } = telemetry({ enabled: false });
    await once();
    expect(heard()).toEqual([]);
    expect(await collect()).toEqual({});
    instrumentation.enable();
    instrumentation.enable();
    await once();
    const attempts = (await collect())['schmoozer.connection.attempts'];
    expect(attempts?.points.map(({ value }) => value)).toEqual([1]);
    instrumentation.disable();
    expect(heard()).toEqual([]);
  });

  it('takes another configuration while it is on', async () => {
    const { instrumentation, collect } = telemetry();
    instrumentation.setConfig({ linkNames: true });
    await once();
    const attempts = (await collect())['schmoozer.connection.attempts'];
    expect(attempts?.points.map(({ attributes }) => attributes['schmoozer.link.name'])).toEqual([
      'one',
    ]);
  });

  it.each([
    [
      { linkName: true },
      '`linkName` must be one of enabled, linkNames, maxValues, spans; received true',
    ],
    [{ toString: 1 }, '`toString` must be one of enabled, linkNames, maxValues, spans; received 1'],
    [{ spans: true }, "`spans` must be 'attempts', 'outages' or 'none'; received true"],
    [{ spans: 'all' }, "`spans` must be 'attempts', 'outages' or 'none'; received \"all\""],
    [{ linkNames: 'yes' }, '`linkNames` must be a boolean; received "yes"'],
    [{ enabled: 1 }, '`enabled` must be a boolean; received 1'],
    [{ maxValues: 0 }, '`maxValues` must be an integer from 1 to 10000; received 0'],
    [{ maxValues: 10_001 }, '`maxValues` must be an integer from 1 to 10000; received 10001'],
    [{ maxValues: 1.5 }, '`maxValues` must be an integer from 1 to 10000; received 1.5'],
  ])('refuses %j', (config, message) => {
    const make = () => new SchmoozerInstrumentation(config as never);
    expect(make).toThrow(InvalidOptionError);
    expect(make).toThrow(message);
    expect(heard()).toEqual([]);
  });

  it('takes options that are undefined as not given, and both ends of `maxValues`', () => {
    for (const maxValues of [undefined, 1, 10_000] as number[]) {
      const made = new SchmoozerInstrumentation({ enabled: false, maxValues });
      expect(made.getConfig().maxValues).toBe(maxValues ?? 200);
    }
  });
});

describe('a fault of the telemetry', () => {
  function uncaught() {
    const errors: unknown[] = [];
    const listener = (error: unknown) => void errors.push(error);
    process.on('uncaughtException', listener);
    onTestFinished(() => void process.off('uncaughtException', listener));
    return errors;
  }

  function logger() {
    const error = vi.fn();
    const none = () => {};
    diag.setLogger({ error, warn: none, info: none, debug: none, verbose: none });
    onTestFinished(() => diag.disable());
    return error;
  }

  it.each(['instruments', 'recordings'] as const)(
    'a meter whose %s throw is reported, once, and does nothing to a link',
    async (what) => {
      const { instrumentation } = telemetry();
      const [errors, error] = [uncaught(), logger()];
      instrumentation.setMeterProvider(throwing(what));
      expect(await once()).toMatchObject({ value: 'done' });
      expect(await once()).toMatchObject({ value: 'done' });
      await new Promise((resolve) => setImmediate(resolve));
      expect(errors).toEqual([]);
      expect(error).toHaveBeenCalledOnce();
    },
  );

  it('so are spans, and a logger that throws itself', async () => {
    const { instrumentation } = telemetry();
    const [errors, error] = [uncaught(), logger()];
    error.mockImplementation(() => {
      throw new Error('and so is this logger');
    });
    instrumentation.setTracerProvider({
      getTracer: () => ({
        ...trace.getTracer('none'),
        startSpan() {
          throw new Error('this tracer is broken');
        },
      }),
    });
    expect(await once()).toMatchObject({ value: 'done' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual([]);
    expect(error).toHaveBeenCalledOnce();
  });

  it('metrics go on without spans', async () => {
    const { instrumentation, collect } = telemetry();
    logger();
    instrumentation.setTracerProvider({
      getTracer: () => {
        throw new Error('no tracer');
      },
    });
    publish('schmoozer:link:state', { ...aboutLink(), from: undefined, to: 'online', ms: 0 });
    expect(await collect()).toHaveProperty('schmoozer.connection.count');
  });
});
