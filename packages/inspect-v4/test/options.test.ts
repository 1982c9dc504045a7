import { describe, expect, it } from 'vitest';
import { inspectV4, InvalidInspectV4OptionError } from '../src/index.js';

const server = { on: () => {}, off: () => {} };
const call = (target: unknown, options?: unknown) => () =>
  inspectV4(target as never, options as never).stop();

describe('inspectV4', () => {
  it.each([
    ['microstep', 'microsteps'],
    ['allowed', 'allow'],
  ])('refuses `%s`, and names `%s`, but not its value', (name, nearest) => {
    const create = call({ server }, { [name]: 'a secret' });
    expect(create).toThrow(InvalidInspectV4OptionError);
    expect(create).toThrow(
      `\`${name}\` must be left out: no such option, the nearest is \`${nearest}\`; received [string]`,
    );
  });

  it.each([
    [{ server, origin: [] }, 'origins'],
    [{ server, servr: 1 }, 'server'],
    [{ uri: 'http://localhost' }, 'url'],
    [{ url: 'http://localhost', ifram: 1 }, 'iframe'],
  ])('refuses the target %j, and names `%s`', (target, nearest) => {
    expect(call(target)).toThrow(`the nearest is \`${nearest}\``);
  });

  it.each([
    [{ server, url: 'http://localhost' }, 'url', 'server'],
    [{ server, iframe: {} }, 'iframe', 'server'],
    [{ url: 'http://localhost', origins: [] }, 'origins', 'url'],
  ])('refuses %j: `%s` would be ignored beside `%s`', (target, name, own) => {
    expect(call(target)).toThrow(`\`${name}\` must be left out beside \`${own}\``);
  });

  it.each([null, 5, 'text'])('refuses %o in place of options or target', (value) => {
    expect(call({ server }, value)).toThrow('`options` must be an object');
    expect(call(value)).toThrow('`target` must be an object');
    expect(call(value)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_OPTION' }));
  });

  it.each([
    [{ microsteps: 1 }, '`microsteps` must be true or false'],
    [{ allow: 'attempt' }, '`allow` must be a list of field names'],
    [{ allow: [7] }, '`allow` must be a list of field names'],
  ])('refuses %j', (options, message) => {
    expect(call({ server }, options)).toThrow(message);
  });

  it('takes what is undefined for left out', () => {
    const options = { allow: undefined, microsteps: undefined, typo: undefined };
    expect(call({ server, origins: undefined }, options)).not.toThrow();
  });
});
