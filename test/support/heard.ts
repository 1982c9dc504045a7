import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { channels, type DiagnosticsChannelName } from 'schmoozer/diagnostics';
import { onTestFinished } from 'vitest';

/** Everything published in this test from now on: each message as it was then, under the name of its channel. */
export function heard(...names: DiagnosticsChannelName[]): [string, Record<string, unknown>][] {
  const list: [string, Record<string, unknown>][] = [];
  const wanted = names.length > 0 ? names : (Object.keys(channels) as DiagnosticsChannelName[]);
  for (const channel of wanted.flatMap(channelsOf)) {
    const hear = (message: unknown) => {
      list.push([channel, { ...(message as Record<string, unknown>) }]);
    };
    subscribe(channel, hear);
    onTestFinished(() => void unsubscribe(channel, hear));
  }
  return list;
}

/** The names to subscribe to. */
export function channelsOf(name: DiagnosticsChannelName): string[] {
  if (channels[name].kind === 'plain') return [name];
  return ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map(
    (part) => `tracing:${name}:${part}`,
  );
}
