import { assign, createMachine, fromPromise, raise, setup } from 'xstate';

/** All that a chart can hold and ours does not: regions, both histories, nested ends, self-loops, inline guards. */
export const player = setup({
  types: { context: {} as { songs: number }, events: {} as { type: string } },
  guards: { hasMore: ({ context }) => context.songs < 2, never: () => false },
  actions: { addSong: assign({ songs: ({ context }) => context.songs + 1 }) },
  actors: { fetchSong: fromPromise(() => Promise.resolve('song')) },
  delays: { fade: 50 },
}).createMachine({
  id: 'player',
  type: 'parallel',
  context: { songs: 0 },
  on: { reset: { actions: assign({ songs: 0 }) } },
  states: {
    sound: {
      initial: 'silent',
      states: {
        silent: { on: { play: 'loud', unmute: 'loud.past', deepUnmute: 'loud.deepPast' } },
        loud: {
          initial: 'low',
          tags: ['audible'],
          on: { mute: 'silent', again: { target: 'loud', reenter: true } },
          states: {
            low: { on: { up: 'high' }, after: { 100: 'high' } },
            high: {
              initial: 'clear',
              on: { down: 'low' },
              states: { clear: { on: { crackle: 'noisy' } }, noisy: {} },
            },
            past: { type: 'history' },
            deepPast: { type: 'history', history: 'deep' },
          },
        },
      },
    },
    list: {
      initial: 'idle',
      states: {
        idle: { on: { play: 'playing', '*': { actions: () => {} } } },
        playing: {
          initial: 'loading',
          onDone: [
            { guard: 'hasMore', target: '.loading', actions: 'addSong' },
            { target: 'over' },
          ],
          states: {
            loading: { invoke: { src: 'fetchSong', onDone: 'song', onError: '#failed' } },
            song: { on: { 'song.*': 'ended' }, after: { fade: 'fading' } },
            fading: { always: [{ guard: 'never', target: 'song' }, { target: 'ended' }] },
            ended: { type: 'final' },
          },
        },
        over: {
          entry: raise({ type: 'tidy' }),
          on: {
            tidy: { target: '#player.list.idle' },
            play: { guard: 'never', target: 'playing' },
          },
        },
        broken: { id: 'failed', type: 'final' },
      },
    },
  },
});

/** Nothing but a name. */
export const stone = createMachine({ id: 'stone' });
