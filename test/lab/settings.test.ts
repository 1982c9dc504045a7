import { describe, expect, it } from 'vitest';
import { bounded, defaults, hashOf, type Settings, settingsOf } from '../../lab/model/settings.js';

describe('a setting in the hash of an address', () => {
  it('is what differs from the default, and reads back', () => {
    const settings: Settings = {
      ...defaults,
      clients: 500,
      are: 'formulas',
      backoff: 'mqttJs',
      boot: true,
      outage: 2.5,
    };
    expect(hashOf(defaults)).toBe('');
    expect(hashOf(settings)).toBe('clients=500&are=formulas&backoff=mqttJs&boot=true&outage=2.5');
    expect(settingsOf(`#${hashOf(settings)}`)).toEqual(settings);
  });

  it.each([
    ['clients=0', { clients: 100 }],
    ['clients=1000000', { clients: 20_000 }],
    ['clients=many', {}],
    ['clients=', {}],
    ['clients=Infinity', {}],
    ['capacity=510', { capacity: 500 }],
    ['boot=yes', {}],
    ['backoff=toString', {}],
    ['backoff=<b>', {}],
    ['are=ours', {}],
    ['__proto__=1&colour=red', {}],
  ])('%s is kept within what there is', (hash, own) => {
    expect(settingsOf(hash)).toEqual({ ...defaults, ...own });
  });

  it('has numbers on their steps, within their bounds', () => {
    expect(bounded('outage', 2.7)).toBe(2.5);
    expect(bounded('outage', -1)).toBe(0);
    expect(bounded('seed', Number.NaN)).toBe(1);
  });
});
