import { describe, expect, it } from 'vitest';
import * as check from '../../../src/core/check.js';
import { InvalidOptionError } from '../../../src/core/errors.js';

const method = () => {};
class Socket extends EventTarget {}

type Case = readonly [name: string, call: () => unknown, answer: unknown];

describe('what a check lets through', () => {
  it.each<Case>([
    ['checkAtLeast', () => check.checkAtLeast('x', 5, 5), 5],
    ['checkAtLeast', () => check.checkAtLeast('x', Infinity, 5), Infinity],
    ['checkPositive', () => check.checkPositive('x', Number.MIN_VALUE), Number.MIN_VALUE],
    ['checkInteger', () => check.checkInteger('x', 5, 5), 5],
    ['checkRange', () => check.checkRange('x', 5, 5, 6), 5],
    ['checkRange', () => check.checkRange('x', 6, 5, 6), 6],
    ['checkFinite', () => check.checkFinite('x', -5.5), -5.5],
    ['checkFunction', () => check.checkFunction('x', method), method],
    ['checkOneOf', () => check.checkOneOf('x', 'a', ['a', 'b']), 'a'],
    ['checkBoolean', () => check.checkBoolean('x', false), false],
    ['checkString', () => check.checkString('x', ''), ''],
    ['checkWebSocketUrl', () => check.checkWebSocketUrl('ws://h/p?q'), 'ws://h/p?q'],
    ['checkWebSocketUrl', () => check.checkWebSocketUrl(new URL('wss://h')), 'wss://h/'],
    ['checkWebSocketClass', () => check.checkWebSocketClass(Socket), Socket],
    ['clampTimer', () => check.clampTimer(2 ** 31), 2 ** 31 - 1],
    ['clampTimer', () => check.clampTimer(7), 7],
  ])('%s: %#', (_, call, answer) => {
    expect(call()).toBe(answer);
  });
});

describe('what a check refuses, and how it says so', () => {
  it.each<Case>([
    ['checkAtLeast', () => check.checkAtLeast('x', 4.9, 5), 'a number >= 5; received 4.9'],
    ['checkAtLeast', () => check.checkAtLeast('x', Number.NaN, 5), 'a number >= 5; received NaN'],
    ['checkPositive', () => check.checkPositive('x', 0), 'a number > 0; received 0'],
    ['checkInteger', () => check.checkInteger('x', 4, 5), 'an integer >= 5; received 4'],
    ['checkInteger', () => check.checkInteger('x', 5.5, 5), 'an integer >= 5; received 5.5'],
    ['checkRange', () => check.checkRange('x', 7, 5, 6), 'a number from 5 to 6; received 7'],
    ['checkRange', () => check.checkRange('x', '5', 5, 6), 'a number from 5 to 6; received "5"'],
    ['checkFinite', () => check.checkFinite('x', Infinity), 'a finite number; received Infinity'],
    ['checkFinite', () => check.checkFinite('x', '1'), 'a finite number; received "1"'],
    ['checkFunction', () => check.checkFunction('x', {}), 'a function; received an object'],
    ['checkOneOf', () => check.checkOneOf('x', 'c', ['a', 'b']), `'a' or 'b'; received "c"`],
    ['checkBoolean', () => check.checkBoolean('x', 0), 'true or false; received 0'],
    ['checkString', () => check.checkString('x', null), 'a string; received null'],
    ['checkObject', () => check.checkObject('x', null), 'an object; received null'],
    ['checkObject', () => check.checkObject('x', method, 'a link'), 'a link; received a function'],
  ])('%s: %#', (_, call, said) => {
    expect(call).toThrow(InvalidOptionError);
    expect(call).toThrow(`\`x\` must be ${String(said)}`);
  });

  it.each([
    [5, 'an absolute URL; received 5'],
    ['host', 'an absolute URL; received an address that is not a URL, of 4 characters'],
    ['http://h', 'a ws: or wss: URL; received http://h/'],
    ['ws://user:hunter2@h/p?token#f', 'a URL without a fragment; received ws://h/p'],
  ])('checkWebSocketUrl: %j, and nothing secret of it', (url, said) => {
    expect(() => check.checkWebSocketUrl(url)).toThrow(`\`url\` must be ${said}`);
  });

  it('checkWebSocketClass: no class, or a platform that has none', () => {
    expect(() => check.checkWebSocketClass(5)).toThrow('`WebSocket` must be a class; received 5');
    expect(() => check.checkWebSocketClass(undefined)).toThrow('this platform has no WebSocket');
  });

  it('checkNames: a name that is no option, and the nearest that is', () => {
    expect(() => check.checkNames({ alphaMs: 1 }, ['beta', 'alpha'], 'x.')).toThrow(
      '`x.alphaMs` must be left out: no such option, the nearest is `x.alpha`; received 1',
    );
    // An address or a password under a wrong name is no less a secret.
    expect(() => check.checkNames({ pass: 'hunter2' }, ['alpha'])).toThrow(
      'received a string of 7 characters',
    );
    expect(() => check.checkNames({ alpha: 1, other: undefined }, ['alpha'])).not.toThrow();
  });
});

describe('resolveOptions', () => {
  const resolve = (options: object) =>
    check.resolveOptions(options as { a?: number; b?: number }, { a: 1 }, ['b'], 'x.');

  it('gives defaults to what is undefined or null, and leaves the rest', () => {
    expect(resolve({})).toEqual({ a: 1, b: undefined });
    expect(resolve({ a: null, b: null })).toEqual({ a: 1, b: null });
    expect(resolve({ a: 0, b: 2 })).toEqual({ a: 0, b: 2 });
  });

  it('refuses what is no object, and names that are none', () => {
    expect(() => resolve(null as never)).toThrow('`x` must be an object; received null');
    expect(() => check.resolveOptions(5 as unknown as object, {}, [])).toThrow(
      '`options` must be an object',
    );
    expect(() => resolve({ c: 1 })).toThrow('`x.c` must be left out');
  });
});
