import type { AnyActorRef, EventObject, NonReducibleUnknown, PromiseActorLogic } from 'xstate';

type Settled =
  | { readonly type: 'resolved'; readonly output: NonReducibleUnknown }
  | { readonly type: 'rejected'; readonly error: unknown };

export type Work = () => Promise<NonReducibleUnknown>;

const active = { status: 'active', output: undefined, error: undefined } as const;
const stopped = { status: 'stopped', output: undefined, error: undefined } as const;

/** The least that XState lets a promise cost: nothing to abort, to restore or to hand in. */
export function leanLogic(work: Work): PromiseActorLogic<NonReducibleUnknown> {
  return {
    getInitialSnapshot: () => active,
    start(_snapshot: unknown, { self }: { self: AnyActorRef }) {
      work().then(
        (output) => self.send({ type: 'resolved', output }),
        (error: unknown) => self.send({ type: 'rejected', error }),
      );
    },
    transition(_snapshot: unknown, event: EventObject) {
      const settled = event as Settled;
      if (settled.type === 'resolved') {
        return { status: 'done', output: settled.output, error: undefined };
      }
      if (settled.type === 'rejected') {
        return { status: 'error', output: undefined, error: settled.error };
      }
      return stopped;
    },
    getPersistedSnapshot: (snapshot: unknown) => snapshot,
  } as unknown as PromiseActorLogic<NonReducibleUnknown>;
}
