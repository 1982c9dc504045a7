import {
  ActorStopped,
  ConnectionLost,
  ConnectTimeoutError,
  fatal,
  FatalError,
  ReconnectRequested,
  retryable,
  RetryableError,
  StopRequested,
  SuspendRequested,
} from 'schmoozer';
import { describe, expect, it } from 'vitest';

describe('marks', () => {
  const error = new Error('busy');

  it('fatal(e) wraps e', () => {
    expect(fatal(error)).toBeInstanceOf(FatalError);
    expect(fatal(error)).toMatchObject({ code: 'ERR_FATAL', name: 'FatalError', cause: error });
  });

  it('retryable(e) wraps e without a hint unless told otherwise', () => {
    expect(retryable(error)).toBeInstanceOf(RetryableError);
    expect(retryable(error)).toMatchObject({
      code: 'ERR_RETRYABLE',
      cause: error,
      delayMs: undefined,
      spreadMs: undefined,
    });
    expect(retryable(error, { delayMs: 5 })).toMatchObject({ delayMs: 5, consumesAttempt: true });
  });

  it.each([-1, Number.NaN, '5' as never])('retryable refuses a delayMs of %o', (delayMs) => {
    expect(() => retryable(error, { delayMs })).toThrow(/^`delayMs` must be a number >= 0/);
  });

  it.each([-1, Number.NaN, Infinity, '5' as never])(
    'retryable refuses a spreadMs of %o',
    (spreadMs) => {
      expect(() => retryable(error, { delayMs: 1, spreadMs })).toThrow(
        /^`spreadMs` must be a number/,
      );
    },
  );

  it('retryable wants a delayMs above 0 with consumesAttempt: false, where nothing else slows the loop down', () => {
    expect(() => retryable(error, { consumesAttempt: false })).toThrow(
      /^`delayMs` must be a number > 0/,
    );
    expect(retryable(error, { delayMs: 1, consumesAttempt: false })).toMatchObject({
      consumesAttempt: false,
    });
  });
});

describe('the reasons of an abort', () => {
  const make = [
    () => new ActorStopped(),
    () => new ConnectionLost({ error: new Error('reset') }),
    () => new ConnectTimeoutError(5),
    () => new ReconnectRequested(),
    () => new StopRequested('deploy'),
    () => new SuspendRequested(),
  ];

  it('have no frames in their stack, and leave what others have alone', () => {
    for (const reason of make.map((reasonOf) => reasonOf())) {
      expect(reason.stack).toBe(String(reason));
    }
    expect(new Error('mine').stack).toContain('errors.test.ts');
  });

  it('can be made where nobody may change the limit of stacks', () => {
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor;
    Object.defineProperty(Error, 'stackTraceLimit', { ...before, writable: false });
    try {
      expect(make.map((reasonOf) => reasonOf().message)).toHaveLength(make.length);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', before);
    }
  });
});
