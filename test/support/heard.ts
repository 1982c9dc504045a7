import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { channels, type DiagnosticsChannelName } from 'schmoozer/diagnostics';
import { onTestFinished } from 'vitest';

/** Each message as it was when it came, under the name of its channel. */
export type Heard = [string, Record<string, unknown>][];

/** Everything published in this test from now on, or on these channels. */
export function heard(...names: DiagnosticsChannelName[]): Heard {
  const list: Heard = [];
  onTestFinished(listen(list, names));
  return list;
}

/** The same until the answer is called. */
export function listen(list: Heard, names: readonly DiagnosticsChannelName[]): () => void {
  const wanted = names.length > 0 ? names : (Object.keys(channels) as DiagnosticsChannelName[]);
  const ends = wanted.flatMap(channelsOf).map((channel) => {
    const hear = (message: unknown) => {
      list.push([channel, { ...(message as Record<string, unknown>) }]);
    };
    subscribe(channel, hear);
    return () => void unsubscribe(channel, hear);
  });
  return () => {
    for (const end of ends) end();
  };
}

/** The names to subscribe to. */
export function channelsOf(name: DiagnosticsChannelName): string[] {
  if (channels[name].kind === 'plain') return [name];
  return ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
    (part) => `tracing:${name}:${part}`,
  );
}
