import type { ReconnectCommand, ReconnectOutput } from './vocabulary.js';

/** The part of an actor's snapshot, of either engine, that describes its end. */
export interface Ending<TOutput = unknown> {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly output: ReconnectOutput<TOutput> | undefined;
  readonly error: unknown;
}

interface EndingActor<TOutput> {
  getSnapshot(): Ending<TOutput>;
  subscribe(observer: { error(): void; complete(): void }): unknown;
}

/** The output of a link that has ended; otherwise undefined. */
export function endOf<TOutput>(snapshot: Ending<TOutput>): ReconnectOutput<TOutput> | undefined {
  const { status, output, error } = snapshot;
  if (status === 'active') return undefined;
  // An actor that was stopped from outside, or that broke, has no output.
  return output ?? (status === 'error' ? { status: 'failed', error } : { status: 'stopped' });
}

/** Resolves to the output when the link has ended; never rejects. */
export function whenEnded<TOutput>(actor: EndingActor<TOutput>): Promise<ReconnectOutput<TOutput>> {
  return new Promise((resolve) => {
    const end = () => {
      const output = endOf(actor.getSnapshot());
      if (output !== undefined) resolve(output);
      return output;
    };
    if (end() === undefined) actor.subscribe({ error: end, complete: end });
  });
}

/** Stops the link, and waits for its end. */
export function closeLink<TOutput>(
  actor: EndingActor<TOutput> & { start(): unknown; send(command: ReconnectCommand): void },
  reason: unknown,
): Promise<ReconnectOutput<TOutput>> {
  if (endOf(actor.getSnapshot()) === undefined) {
    // A link that has not started ends before its first attempt.
    actor.start();
    actor.send({ type: 'stop', ...(reason !== undefined && { reason }) });
  }
  return whenEnded(actor);
}
