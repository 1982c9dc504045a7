/** Short names of event types: XState's own are long. */
export function wordsOf(type: string): string {
  if (type === '') return 'seen';
  if (type === 'xstate.init') return 'start';
  if (type === 'xstate.stop') return 'stop (by its parent)';
  const [, kind, id] = /^xstate\.(done|error|snapshot)\.(?:actor\.|state\.)?(.+)$/.exec(type) ?? [];
  if (kind === 'done') return `${id} done`;
  if (kind === 'error') return `${id} failed`;
  if (kind === 'snapshot') return `${id} snapshot`;
  const [, delay] = /^xstate\.after\.([^.]+)\./.exec(type) ?? [];
  if (delay === undefined) return type;
  return `after ${/^\d+$/.test(delay) ? `${delay} ms` : delay}`;
}

/** `14:03:09.120`, in the reader's own time zone. */
export function clockTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}

/** A duration in short words. */
export function span(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000
    ? `${(ms / 3_600_000).toFixed(1)} h`
    : `${Math.round(ms / 86_400_000)} days`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${(ms / 3_600_000).toFixed(1)} h`;
}
