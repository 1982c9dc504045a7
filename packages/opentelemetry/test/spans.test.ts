import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  type Context,
  context,
  type ContextManager,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { constantBackoff, createReconnectActor, type Connector } from 'schmoozer';
import type { LinkMessage } from 'schmoozer/diagnostics';
import { virtualClock } from 'schmoozer/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SchmoozerInstrumentationConfig } from '../src/index.js';
import { telemetry } from './support/telemetry.js';

/** A link whose attempts end as they are told, and whose session ends by `lose`. */
function linked(
  outcomes: readonly (Error | 'opened' | 'hangs')[],
  config: SchmoozerInstrumentationConfig = {},
  sampler?: Sampler,
) {
  const { spans, instrumentation } = telemetry(config, sampler);
  const clock = virtualClock();
  let lose: ((error: Error) => void) | undefined;
  const left = [...outcomes];
  const connector: Connector<object> = {
    peer: { address: 'db.example', port: 5432, protocol: 'postgresql' },
    async connect() {
      const outcome = left.shift();
      if (outcome instanceof Error) throw outcome;
      if (outcome === 'hangs') return new Promise(() => {});
      return {};
    },
    run: () => new Promise((_, reject) => (lose = reject)),
  };
  const link = createReconnectActor(connector, {
    clock,
    now: clock.now,
    backoff: constantBackoff(1000),
  });
  link.on('*', () => {});
  link.start();
  onTestFinished(() => void link.stop());
  const seen = () =>
    spans.getFinishedSpans().map(({ name, kind, attributes, status, parentSpanContext }) => ({
      name,
      kind,
      attributes,
      status,
      parent: parentSpanContext?.spanId,
    }));
  return { link, clock, spans, instrumentation, seen, lose: (error: Error) => lose?.(error) };
}

const refused = Object.assign(new Error('connect ECONNREFUSED 192.0.2.1:5432'), {
  code: 'ECONNREFUSED',
});
const server = {
  'server.address': 'db.example',
  'server.port': 5432,
  'network.protocol.name': 'postgresql',
};

describe('spans', () => {
  it('one for each attempt, siblings below one that lasts until the link is online', async () => {
    const { clock, spans, seen } = linked([refused, 'opened']);
    await clock.drain();
    expect(seen().map(({ name }) => name)).toEqual(['connect db.example']);
    await clock.advance(1000);
    const all = seen();
    const parent = spans.getFinishedSpans().at(-1)?.spanContext().spanId ?? expect.fail();
    expect(all).toEqual([
      {
        name: 'connect db.example',
        kind: SpanKind.CLIENT,
        attributes: {
          ...server,
          'schmoozer.attempt': 0,
          'schmoozer.epoch': 1,
          'schmoozer.attempt.outcome': 'failed',
          'error.type': 'ECONNREFUSED',
        },
        status: { code: SpanStatusCode.ERROR, message: refused.message },
        parent,
      },
      {
        name: 'connect db.example',
        kind: SpanKind.CLIENT,
        attributes: {
          ...server,
          'schmoozer.attempt': 1,
          'schmoozer.epoch': 1,
          'schmoozer.attempt.outcome': 'opened',
        },
        status: { code: SpanStatusCode.UNSET },
        parent,
      },
      {
        name: 'reconnect',
        kind: SpanKind.INTERNAL,
        attributes: { ...server, 'schmoozer.connection.state': 'online' },
        status: { code: SpanStatusCode.UNSET },
        parent: undefined,
      },
    ]);
  });

  it('each outage has a trace of its own, and a session none', async () => {
    const { clock, spans, seen, lose } = linked(['opened', 'opened']);
    await clock.drain();
    await clock.advance(120_000);
    lose(new Error('gone'));
    await clock.drain();
    await clock.advance(1000);
    expect(seen().map(({ name }) => name)).toEqual([
      'connect db.example',
      'reconnect',
      'connect db.example',
      'reconnect',
    ]);
    const traces = spans.getFinishedSpans().map((span) => span.spanContext().traceId);
    expect(traces[0]).toBe(traces[1]);
    expect(traces[2]).toBe(traces[3]);
    expect(traces[1]).not.toBe(traces[2]);
  });

  it('an attempt that is given up says why, and a link that is stopped leaves no span open', async () => {
    const { link, clock, seen } = linked([refused]);
    await clock.drain();
    link.send({ type: 'stop' });
    await clock.drain();
    expect(seen().at(-1)).toMatchObject({
      name: 'reconnect',
      attributes: { 'schmoozer.connection.state': 'ended' },
    });

    const hanging = linked(['hangs']);
    await hanging.clock.drain();
    hanging.link.send({ type: 'stop' });
    await hanging.clock.advance(60_000);
    expect(hanging.seen()[0]?.attributes).toMatchObject({
      'schmoozer.attempt.outcome': 'aborted',
      'schmoozer.attempt.cause': 'stop',
    });
    expect(hanging.seen().map(({ name }) => name)).toEqual(['connect db.example', 'reconnect']);
  });

  it('a link that is made in a request does not lengthen its trace', async () => {
    const store = new AsyncLocalStorage<Context>();
    const manager: ContextManager = {
      active: () => store.getStore() ?? ROOT_CONTEXT,
      with: (active, call, self, ...args) =>
        store.run(active, () => call.apply(self as never, args)),
      bind: (_, target) => target,
      enable: () => manager,
      disable: () => manager,
    };
    context.setGlobalContextManager(manager);
    onTestFinished(() => context.disable());
    const active = trace.wrapSpanContext({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
    });
    const made = context.with(trace.setSpan(ROOT_CONTEXT, active), () => linked(['opened']));
    await made.clock.drain();
    for (const span of made.spans.getFinishedSpans()) {
      expect(span.spanContext().traceId).not.toBe('a'.repeat(32));
    }
    expect(made.spans.getFinishedSpans()).toHaveLength(2);
  });

  it.each(['attempts', 'outages'] as const)(
    'a line of log finds that of its outage, with `spans: %j`',
    async (spansOf) => {
      const found: (SpanContext | undefined)[] = [];
      const { clock, spans, instrumentation } = linked([refused, 'opened'], { spans: spansOf });
      const lookUp = (message: unknown) =>
        void found.push(instrumentation.spanContextOf((message as LinkMessage).linkId));
      const names = ['schmoozer:retry:scheduled', 'schmoozer:connection:stable'];
      for (const name of names) {
        subscribe(name, lookUp);
        onTestFinished(() => void unsubscribe(name, lookUp));
      }
      await clock.advance(60_000);
      const outage = spans.getFinishedSpans().find(({ name }) => name === 'reconnect');
      expect(found).toEqual([outage?.spanContext(), undefined]);
      instrumentation.disable();
      expect(instrumentation.spanContextOf(1)).toBeUndefined();
    },
  );

  it('of outages alone, if asked to: by state, and by nothing else', async () => {
    const { clock, seen } = linked([refused, 'opened'], { spans: 'outages' });
    await clock.advance(1000);
    expect(seen()).toEqual([
      {
        name: 'reconnect',
        kind: SpanKind.INTERNAL,
        attributes: { ...server, 'schmoozer.connection.state': 'online' },
        status: { code: SpanStatusCode.UNSET },
        parent: undefined,
      },
    ]);
  });

  it('none, if asked to', async () => {
    const { clock, seen } = linked([refused, 'opened'], { spans: 'none' });
    await clock.advance(1000);
    expect(seen()).toEqual([]);
  });

  it('what the sampler leaves out has no attempts: they are not even asked for', async () => {
    const asked: string[] = [];
    const sampler: Sampler = {
      shouldSample(_context, _traceId, name) {
        asked.push(name);
        return { decision: SamplingDecision.NOT_RECORD };
      },
      toString: () => 'none',
    };
    const { clock, seen } = linked([refused, 'opened'], {}, sampler);
    await clock.advance(1000);
    expect(seen()).toEqual([]);
    expect(asked).toEqual(['reconnect']);
  });

  it('those that are open end when the instrumentation is disabled', async () => {
    const { instrumentation, spans } = telemetry();
    const link = createReconnectActor({
      connect: () => Promise.reject(refused),
      run: () => new Promise<never>(() => {}),
    });
    link.start();
    await vi.waitUntil(() => spans.getFinishedSpans().length === 1);
    instrumentation.disable();
    expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['connect', 'reconnect']);
    link.stop();
  });
});
