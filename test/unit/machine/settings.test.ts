import { createReconnectActor, InvalidOptionError, run } from 'schmoozer';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { scriptedConnector } from 'schmoozer/testing';
import { embedded, lacking } from '../../support/engine.js';

const { connector } = scriptedConnector();
const method = () => Promise.resolve();

/** What creating an actor throws. */
function errorOf(candidate: unknown, options: object = {}): InvalidOptionError {
  try {
    createReconnectActor(candidate as typeof connector, options);
  } catch (error) {
    return error as InvalidOptionError;
  }
  throw new Error('nothing was thrown');
}

describe('createReconnectActor refuses', () => {
  it.each([
    [undefined, '`connector` must be an object with `connect` and `run`; received undefined'],
    [null, '`connector` must be an object with `connect` and `run`; received null'],
    [method, '`connector` must be an object with `connect` and `run`; received a function'],
    [{ run: method }, '`connector.connect` must be a function; received undefined'],
    [{ connect: method }, '`connector.run` must be a function; received undefined'],
    [{ connect: method, run: 'run' }, '`connector.run` must be a function; received "run"'],
    [
      { connect: method, run: method, retryDelay: 5 },
      '`connector.retryDelay` must be a function; received 5',
    ],
    [
      { connect: method, run: method, isRetryable: [] },
      '`connector.isRetryable` must be a function; received an array',
    ],
    [
      { connect: method, run: method, closed: Promise.resolve() },
      '`connector.closed` must be a function; received an object',
    ],
    [
      { connect: method, run: method, probe: 5 },
      '`connector.probe` must be a function; received 5',
    ],
    [
      { connect: method, run: method, disconnect: {} },
      '`connector.disconnect` must be a function; received an object',
    ],
  ])('the connector %o', (candidate, message) => {
    const error = errorOf(candidate);
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toBe(message);
  });

  it.each([
    ['connectTimeoutMs', 0, '`connectTimeoutMs` must be a number > 0; received 0'],
    ['connectTimeoutMs', Number.NaN, '`connectTimeoutMs` must be a number > 0; received NaN'],
    ['connectTimeoutMs', '5', '`connectTimeoutMs` must be a number > 0; received "5"'],
    ['gracePeriodMs', -1, '`gracePeriodMs` must be a number >= 0; received -1'],
    ['stableAfterMs', -0.5, '`stableAfterMs` must be a number >= 0; received -0.5'],
    ['stableAfterMs', null, undefined],
    [
      'limiter',
      () => {},
      '`limiter` must be an object with `tryAcquire` and `enqueue`; received a function',
    ],
    ['limiter', null, '`limiter` must be an object with `tryAcquire` and `enqueue`; received null'],
    ['limiter', {}, '`limiter.tryAcquire` must be a function; received undefined'],
    [
      'limiter',
      { tryAcquire: () => undefined },
      '`limiter.enqueue` must be a function; received undefined',
    ],
    ['limiterKey', 5, '`limiterKey` must be a string, or a function that returns one; received 5'],
    ['limiterKey', null, undefined],
    ['priority', '1', '`priority` must be a finite number; received "1"'],
    ['priority', -Infinity, '`priority` must be a finite number; received -Infinity'],
    ['priority', Number.NaN, '`priority` must be a finite number; received NaN'],
    ['priority', null, undefined],
    ['backoff', 1000, '`backoff` must be a function; received 1000'],
    ['random', 0.5, '`random` must be a function; received 0.5'],
    ['now', {}, '`now` must be a function; received an object'],
    [
      'resumePoint',
      { epoch: 1 },
      '`resumePoint.attempt` must be an integer >= 0; received undefined',
    ],
    [
      'resumePoint',
      { attempt: 1, epoch: 0.5 },
      '`resumePoint.epoch` must be an integer >= 0; received 0.5',
    ],
    ['resumePoint', null, '`resumePoint.attempt` must be an integer >= 0; received undefined'],
  ])('%s: %o', (option, value, message) => {
    if (message === undefined) {
      // null is taken for "not given", as everywhere in JavaScript where `??` is used.
      expect(() => createReconnectActor(connector, { [option]: value })).not.toThrow();
      return;
    }
    const error = errorOf(connector, { [option]: value });
    expect(error.message).toBe(message);
    expect(error.option.split('.')[0]).toBe(option);
    if (error.option === option && !['object', 'function'].includes(typeof value)) {
      expect(error.received).toBe(value);
    }
  });

  it.each([
    ['connectTimeout', 'connectTimeoutMs'],
    ['drainTimeoutMs', 'connectTimeoutMs'],
    ['STABLEAFTERMS', 'stableAfterMs'],
    ['grace_period_ms', 'gracePeriodMs'],
    ['back', 'backoff'],
  ])('the option %s, which does not exist, and names %s', (name, nearest) => {
    const error = errorOf(connector, { [name]: 5 });
    expect(error).toBeInstanceOf(InvalidOptionError);
    expect(error.message).toBe(
      `\`${name}\` must be left out: no such option, the nearest is \`${nearest}\`; received 5`,
    );
    expect(error).toMatchObject({ option: name, received: 5 });
  });

  it('no option that was given as undefined, whatever its name', () => {
    expect(() => createReconnectActor(connector, { typo: undefined } as object)).not.toThrow();
  });

  it('nothing at the bounds', () => {
    createReconnectActor(connector, {
      connectTimeoutMs: Number.MIN_VALUE,
      gracePeriodMs: 0,
      stableAfterMs: 0,
    });
    createReconnectActor(connector, {
      connectTimeoutMs: Infinity,
      gracePeriodMs: Infinity,
      stableAfterMs: Infinity,
      id: 'link',
      ...(!lacking('systemId') && { systemId: 'link' }),
    });
  });
});

it.each([[undefined], [null], [5]])('reconnectMachine refuses the input %o', (input) => {
  const { error } = createActor(embedded, { input: input as never }).getSnapshot();
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect((error as Error).message).toMatch(/^`input` must be an object with `connector`; received/);
});

it('run rejects with the same error', async () => {
  await expect(run({} as typeof connector)).rejects.toThrow(
    /^`connector.connect` must be a function/,
  );
});

it('an actor made with createActor has the error in its snapshot', () => {
  const actor = createActor(embedded, { input: { connector, connectTimeoutMs: -1 } });
  expect(actor.getSnapshot()).toMatchObject({
    status: 'error',
    error: { code: 'ERR_INVALID_OPTION' },
  });
});
