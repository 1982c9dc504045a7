// An app that keeps one connection alive while its user is signed in. It can be stored and restored.
import {
  type Connector,
  type ReconnectEmitted,
  reconnectMachineOf,
  type ReconnectOptions,
  type ReconnectOutput,
} from 'schmoozer';
import { assign, emit, type EventObject, fromCallback, sendTo, setup } from 'xstate';

/** Plain data that survives JSON. It contains no tokens: the connector reads them from the app's own store. */
export interface AppContext {
  /** The name of the signed-in user. */
  readonly user: string | undefined;
  /** The number of the latest session; 0 before the first. */
  readonly epoch: number;
  /** The values that the page shows while degraded. */
  readonly retry: { readonly attempt: number; readonly delayMs: number } | undefined;
  /** How the last connection ended: `failed` when the server refused this user. */
  readonly result: ReconnectOutput | undefined;
}

export type AppCommand =
  | { readonly type: 'sign in'; readonly user: string }
  | { readonly type: 'sign out' }
  | { readonly type: 'retry now' };

/** A link begins, which is not online yet; sent in each life of the app. */
type LinkBegun = { readonly type: 'link.begun' };

/** There was a gap: the page must request what the server has sent meanwhile. */
export type AppEmitted = { readonly type: 'resync'; readonly epoch: number };

/**
 * Forwards the events of the link to the parent. The link is found by its `systemId`, because a reference to it would
 * not survive JSON. It is invoked before the link, so that it receives the link's first event.
 */
const follow = fromCallback<EventObject, { systemId: string }>(({ input, sendBack, system }) => {
  sendBack({ type: 'link.begun' });
  const { unsubscribe } = system.get(input.systemId).on('*', sendBack);
  return unsubscribe;
});

/**
 * @param connect creates the connector for the signed-in user, at each sign-in and when the app is restored
 * @param options of the link
 */
export function appMachineOf(
  connect: () => Connector<unknown, unknown>,
  options?: ReconnectOptions,
) {
  return setup({
    types: {
      context: {} as AppContext,
      events: {} as AppCommand | LinkBegun | ReconnectEmitted,
      emitted: {} as AppEmitted,
    },
    actors: { link: reconnectMachineOf(connect, options), follow },
    actions: {
      recordOpened: assign((_, { epoch }: { epoch: number }) => ({ epoch, retry: undefined })),
      askForTheGap: emit((_, { epoch }: { epoch: number }) => ({ type: 'resync' as const, epoch })),
    },
    guards: {
      isFirst: (_, { epoch }: { epoch: number }) => epoch === 1,
    },
  }).createMachine({
    id: 'app',
    context: { user: undefined, epoch: 0, retry: undefined, result: undefined },
    initial: 'signedOut',
    states: {
      signedOut: {
        on: {
          'sign in': {
            target: 'signedIn',
            actions: assign(({ event }) => ({
              user: event.user,
              epoch: 0,
              result: undefined,
            })),
          },
        },
      },
      signedIn: {
        initial: 'degraded',
        invoke: [
          { src: 'follow', input: { systemId: 'link' } },
          {
            id: 'link',
            systemId: 'link',
            src: 'link',
            // After a sign-out, this arrives when the link has ended; without one, when it gave up.
            onDone: {
              target: 'signedOut',
              actions: assign({ result: ({ event }) => event.output }),
            },
          },
        ],
        exit: assign({ user: undefined, retry: undefined }),
        states: {
          online: {
            on: { 'connection.closing': 'degraded', 'link.begun': 'degraded' },
          },
          degraded: {
            description: 'Signed in, but not connected: the page works with its current data.',
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
            description: 'Waits for the orderly end of the link; nothing reconnects any more.',
            entry: sendTo('link', { type: 'stop', reason: 'signed out' }),
            on: { 'sign out': {} },
          },
        },
        on: { 'sign out': '.signingOut' },
      },
    },
  });
}
