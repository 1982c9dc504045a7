import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isRetryableMqttError, MqttReasonError, mqttSubscriber } from '../src/index.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = [...readme.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];

describe('README.md', () => {
  it('has a row for each option of its own, with its default', () => {
    const options = { url: 'mqtt://127.0.0.1', clientId: 'me', topics: 'a', onMessage() {} };
    for (const [, name = '', value = ''] of rows) {
      const given = /^\d+/.exec(value)?.[0];
      const own = given === undefined ? undefined : Number(given);
      expect(() => mqttSubscriber({ ...options, ...(own && { [name]: own }) })).not.toThrow();
      expect(() => mqttSubscriber({ ...options, [name]: Symbol('none') })).toThrow(`\`${name}`);
    }
    expect(rows).toHaveLength(12);
  });

  it('sorts the reason codes as they are', () => {
    const numbersIn = (text: string) => {
      const all: number[] = [];
      for (const [, from = '', to] of text.matchAll(/\b(\d{3})(?: to (\d{3}))?/g)) {
        for (let code = Number(from); code <= Number(to ?? from); code++) all.push(code);
      }
      return all;
    };
    const table = [...readme.matchAll(/^\| ([^|]*\d[^|]*) \| (permanent|transient)/gm)];
    const verdicts = table.flatMap(([, codes = '', verdict]) =>
      numbersIn(codes.replace('128 for a topic', '')).map((code) => [code, verdict] as const),
    );
    expect(verdicts.length).toBeGreaterThan(20);
    for (const [code, verdict] of verdicts) {
      const isRetryable = isRetryableMqttError(new MqttReasonError('DISCONNECT', code));
      expect([code, isRetryable]).toEqual([code, verdict === 'transient']);
    }
  });
});
