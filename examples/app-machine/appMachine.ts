// An app that is signed in or out, and keeps one connection up while it is signed in.
import {
  type ReconnectEmitted,
  type ReconnectInput,
  reconnectMachine,
  type ReconnectOutput,
} from 'schmoozer';
import {
  type AnyActorRef,
  assign,
  emit,
  type EventObject,
  fromCallback,
  sendTo,
  setup,
} from 'xstate';

/** Made for one user, with the credentials inside: `redact(connector)`, for inspectors see events and contexts. */
type UserConnector = ReconnectInput['connector'];

export interface AppContext {
  readonly connector: UserConnector | undefined;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** What the page shows while degraded. */
  readonly retry: { readonly attempt: number; readonly delayMs: number } | undefined;
  /** How the last connection ended: `failed` when the server did not want this user any more. */
  readonly result: ReconnectOutput | undefined;
}

export type AppCommand =
  | { readonly type: 'sign in'; readonly connector: UserConnector }
  | { readonly type: 'sign out' }
  | { readonly type: 'retry now' };

/** There was a gap: what the server sent meanwhile must be asked for. */
export type AppEmitted = { readonly type: 'resync'; readonly epoch: number };

/** Passes what a sibling emits on to their parent. It is invoked after it, so the sibling is there. */
const follow = fromCallback<EventObject, { parent: AnyActorRef; id: string }>(
  ({ input, sendBack }) => {
    const sibling: AnyActorRef = input.parent.getSnapshot().children[input.id];
    const { unsubscribe } = sibling.on('*', sendBack);
    return unsubscribe;
  },
);

export const appMachine = setup({
  types: {
    context: {} as AppContext,
    events: {} as AppCommand | ReconnectEmitted,
    emitted: {} as AppEmitted,
  },
  actors: { link: reconnectMachine, follow },
  actions: {
    recordOpened: assign((_, { epoch }: { epoch: number }) => ({ epoch, retry: undefined })),
    askForTheGap: emit((_, { epoch }: { epoch: number }) => ({ type: 'resync', epoch })),
  },
  guards: {
    isFirst: (_, { epoch }: { epoch: number }) => epoch === 1,
  },
}).createMachine({
  id: 'app',
  context: { connector: undefined, epoch: 0, retry: undefined, result: undefined },
  initial: 'signedOut',
  states: {
    signedOut: {
      on: {
        'sign in': {
          target: 'signedIn',
          actions: assign(({ event }) => ({
            connector: event.connector,
            epoch: 0,
            result: undefined,
          })),
        },
      },
    },
    signedIn: {
      initial: 'degraded',
      invoke: [
        {
          id: 'link',
          src: 'link',
          input: ({ context }) => ({ connector: context.connector as UserConnector }),
          // After a sign-out this comes when the link has drained; without one, when it gave up.
          onDone: { target: 'signedOut', actions: assign({ result: ({ event }) => event.output }) },
        },
        { src: 'follow', input: ({ self }) => ({ parent: self, id: 'link' }) },
      ],
      exit: assign({ connector: undefined, retry: undefined }),
      states: {
        online: {
          on: { 'connection.closing': 'degraded' },
        },
        degraded: {
          description: 'Signed in, but not connected: the page works with what it has.',
          on: {
            'connection.opened': [
              {
                guard: { type: 'isFirst', params: ({ event }) => event },
                target: 'online',
                actions: { type: 'recordOpened', params: ({ event }) => event },
              },
              {
                target: 'online',
                actions: [
                  { type: 'recordOpened', params: ({ event }) => event },
                  { type: 'askForTheGap', params: ({ event }) => event },
                ],
              },
            ],
            'retry.scheduled': {
              actions: assign({
                retry: ({ event: { attempt, delayMs } }) => ({ attempt, delayMs }),
              }),
            },
            'retry now': { actions: sendTo('link', { type: 'reconnect' }) },
          },
        },
        signingOut: {
          description: 'Waits for the link to say goodbye; nothing reconnects any more.',
          entry: sendTo('link', { type: 'stop', reason: 'signed out' }),
          on: { 'sign out': {} },
        },
      },
      on: { 'sign out': '.signingOut' },
    },
  },
});
