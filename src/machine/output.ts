import { Redacted } from '../core/redacted.js';
import { Thrown } from '../core/thrown.js';
import type { ReconnectContext } from './context.js';
import type { ReconnectOutput } from './vocabulary.js';

/** The output as the user receives it; serializers see only the facts of an error. */
export function finalOutput({ output }: ReconnectContext): ReconnectOutput {
  const raw = Redacted.value(output as Redacted<ReconnectOutput>);
  return Object.defineProperty({ ...raw }, 'toJSON', { value: () => withFacts(raw) });
}

/** The output as a serializer may see it. */
export function withFacts(output: ReconnectOutput): ReconnectOutput {
  return 'error' in output ? { ...output, error: new Thrown(output.error) } : output;
}
