import type { AnyConnector } from './connector.js';

/** What a connector may lack. */
const optional = [
  'closed',
  'probe',
  'retryDelay',
  'isRetryable',
  'disconnect',
  'limiterKey',
  'peer',
  'limiter',
] as const satisfies readonly (keyof AnyConnector)[];

/** Gives a wrapper what the connector has and the wrapper lacks. */
export function passOn<TWrapper extends object>(
  connector: AnyConnector,
  wrapper: TWrapper,
): TWrapper {
  // Looked for each time: a connector that is made of several has some at times only.
  for (const name of optional) {
    if (!(name in connector) || name in wrapper) continue;
    const get = () => {
      const value: unknown = connector[name];
      return typeof value === 'function' ? value.bind(connector) : value;
    };
    Object.defineProperty(wrapper, name, { get, enumerable: true });
  }
  return wrapper;
}
