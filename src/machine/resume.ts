import type { ResumePoint } from './settings.js';

/**
 * What a new actor needs to go on where an earlier one left off: same backoff level, next session number.
 *
 * @param snapshot a snapshot or a persisted snapshot of the machine, before or after a serializer
 * @throws InvalidOptionError when the new actor is created, if the snapshot was none of the machine's
 */
export function resumeFrom(snapshot: { readonly context: ResumePoint }): ResumePoint {
  const { attempt, epoch } = snapshot.context;
  return { attempt, epoch };
}
