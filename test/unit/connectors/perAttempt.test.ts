import { askPerAttempt } from 'schmoozer/messages';
import { type ErrorFacts, fatal } from 'schmoozer';
import { isRetryableTcpError, tcpConnector } from 'schmoozer/tcp';
import { isRetryableWebSocketError, webSocketConnector } from 'schmoozer/websocket';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { classify } from '../../../src/policy/classify.js';
import { ask, isThrownPerAttempt } from '../../../src/connectors/perAttempt.js';
import { attempts, firstAttempt, unreadAttempt } from '../../support/attempt.js';
import { rejection } from '../../support/loopback.js';

const never = () => new Promise<string>(() => {});

describe('ask', () => {
  it('hands plain values over at once, and reads no signal', () => {
    const values = ['host', 1, undefined] as const;
    expect(ask(values, unreadAttempt().attempt)).toBe(values);
  });

  it.each(attempts)(
    'asks each function with the attempt of $whose, and leaves no listener',
    async ({ makeAttempt }) => {
      const { attempt, listeners } = makeAttempt();
      expect(await ask([({ epoch }) => epoch, async () => 'host', 3], attempt)).toEqual([
        1,
        'host',
        3,
      ]);
      expect(listeners()).toBe(0);
    },
  );

  it('rejects with what a function throws', async () => {
    const error = new Error('no token');
    const throws = (): string => {
      throw error;
    };
    expect(await rejection(Promise.resolve(ask([throws], firstAttempt().attempt)))).toBe(error);
  });

  describe.each(attempts)('the attempt of $whose', ({ makeAttempt }) => {
    it.each(['before', 'after'])(
      'rejects with the reason of an abort %s the question',
      async (when) => {
        const { attempt, abort, listeners } = makeAttempt();
        if (when === 'before') abort('stop');
        const asked = Promise.resolve(ask([never], attempt));
        expect(listeners()).toBe(when === 'before' ? 0 : 1);
        if (when === 'after') abort('stop');
        expect(await rejection(asked)).toBe('stop');
        expect(listeners()).toBe(0);
      },
    );
  });
});

describe('what a per-attempt function throws', () => {
  const facts: ErrorFacts = { phase: 'connect', attempt: 0, epoch: 0, hasBeenStable: false };
  const run = async () => ({ type: 'Continue' as const, payload: undefined });
  const coded = (code: string) => Object.assign(new Error(code), { code });
  const errors = [
    () => new TypeError('x is not a function'),
    () => new SyntaxError('Unexpected token <'),
    () => coded('EBADNAME'),
    () => coded('CERT_HAS_EXPIRED'),
    () => coded('HPE_INVALID_CONSTANT'),
    () => new AggregateError([coded('EBADNAME')]),
    () => 'no token',
    () => undefined,
    () => null,
  ];
  const throwing = (error: unknown) => (): never => {
    throw error;
  };
  const rejecting = (error: unknown) => () => Promise.reject(error);
  type Throws = (error: unknown) => () => never;
  const places = [throwing, rejecting].flatMap((thrower) => {
    // What rejects is typed as what throws: neither ever answers.
    const throws = thrower as Throws;
    const tcp = { host: 'localhost', port: 1, run };
    const webSocket = { url: 'ws://localhost:1', WebSocket, run };
    return [
      ['host', (error: unknown) => tcpConnector({ ...tcp, host: throws(error) })],
      ['port', (error: unknown) => tcpConnector({ ...tcp, port: throws(error) })],
      ['tls', (error: unknown) => tcpConnector({ ...tcp, tls: throws(error) })],
      ['url', (error: unknown) => webSocketConnector({ ...webSocket, url: throws(error) })],
      [
        'protocols',
        (error: unknown) => webSocketConnector({ ...webSocket, protocols: throws(error) }),
      ],
      [
        'socketOptions',
        (error: unknown) => webSocketConnector({ ...webSocket, socketOptions: throws(error) }),
      ],
    ] as const;
  });

  it.each(places)('%s: is transient, whatever it is', async (_option, make) => {
    for (const error of errors.map((create) => create())) {
      const connector = make(error);
      expect(await rejection(connector.connect(firstAttempt().attempt))).toBe(error);
      expect(classify(error, connector, facts)).toEqual({ error, verdict: 'transient' });
    }
  });

  it.each(places)('%s: is fatal where it is marked', async (_option, make) => {
    const error = fatal(new Error('401'));
    const connector = make(error);
    expect(await rejection(connector.connect(firstAttempt().attempt))).toBe(error);
    expect(classify(error, connector, facts)).toMatchObject({ verdict: 'fatal' });
  });

  it('is asked of isRetryable first', async () => {
    const error = new TypeError('401');
    const host = throwing(error);
    const connector = tcpConnector({ host, port: 1, run, isRetryable: (what) => what !== error });
    await rejection(connector.connect(firstAttempt().attempt));
    expect(classify(error, connector, facts)).toEqual({ error, verdict: 'fatal' });
  });

  it('is what it is where somebody else throws it', async () => {
    const error = new TypeError('x is not a function');
    expect(isThrownPerAttempt(error)).toBe(false);
    expect(isRetryableTcpError(error)).toBe(undefined);
    await rejection(Promise.resolve(ask([throwing(error)], firstAttempt().attempt)));
    expect(isThrownPerAttempt(error)).toBe(true);
    expect([isRetryableTcpError(error), isRetryableWebSocketError(error)]).toEqual([true, true]);
  });

  it('is not what it answers: that is permanent where it cannot be', async () => {
    const connector = tcpConnector({ host: () => '', port: 1, run });
    const error = await rejection(connector.connect(firstAttempt().attempt));
    expect(classify(error, connector, facts)).toEqual({ error, verdict: 'permanent' });
  });
});

describe('askPerAttempt', () => {
  const attempt = (signal: AbortSignal) => ({ signal, attempt: 0, epoch: 1, lastError: undefined });

  it('answers the option itself, or what its function answers, and rejects as soon as it is aborted', async () => {
    const controller = new AbortController();
    const context = attempt(controller.signal);
    expect(await askPerAttempt('a', context)).toBe('a');
    expect(await askPerAttempt(async ({ epoch }) => epoch, context)).toBe(1);
    const hanging = askPerAttempt(() => new Promise<string>(() => {}), context);
    controller.abort('stop');
    await expect(hanging).rejects.toBe('stop');
  });
});
