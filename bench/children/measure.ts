import { setImmediate as nextTurn } from 'node:timers/promises';
import { Break, type Connector, type ControlFlow, redact, reconnectMachine } from 'schmoozer';
import { reconnectLogic } from 'schmoozer/compiled';
import { type ActorRefFrom, assign, createActor, setup } from 'xstate';
import type { Measure } from '../bench.js';

type Link = ActorRefFrom<typeof reconnectMachine>;

/** Starts as many links, and ends them. */
async function measured(kind: string, count: number): Promise<{ startUs: number; endUs: number }> {
  const ends: (() => void)[] = [];
  const connector: Connector<object> = {
    connect: () => Promise.resolve({}),
    run: () =>
      new Promise<ControlFlow<void, undefined>>((resolve) => {
        ends.push(() => resolve(Break(undefined)));
      }),
  };
  const link = kind === 'machine' ? reconnectMachine : (reconnectLogic() as never);
  const parent = createActor(
    setup({
      types: { context: {} as { links: Link[] }, events: {} as { type: 'spawn' } },
      actors: { link: link as typeof reconnectMachine },
    }).createMachine({
      context: { links: [] },
      on: {
        spawn: {
          actions: assign(({ spawn }) => ({
            links: Array.from({ length: count }, (_, i) =>
              spawn('link', { id: `link ${i}`, input: { connector: redact(connector) } }),
            ),
          })),
        },
      },
    }),
  ).start();
  const startUs = await cpuOf(count, () => parent.send({ type: 'spawn' }));
  if (ends.length !== count) throw new Error('not all are running');
  const endUs = await cpuOf(count, () => {
    for (const end of ends) end();
  });
  return { startUs, endUs };
}

async function cpuOf(count: number, work: () => void): Promise<number> {
  const before = process.cpuUsage();
  work();
  await nextTurn();
  await nextTurn();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

export const measure: Measure = async ({ variant, size }) => {
  const [kind = '', many = ''] = variant.split(' ');
  const { few = 1, many: all = 1, [many]: count = 1 } = size;
  // As warm for the many as for the few.
  for (let ended = 0; ended < 50 * few; ended += few) await measured(kind, few);
  // As many ends of the few as of the many: both pay for the garbage they make.
  const rounds = Math.ceil(all / count);
  const sum = { startUs: 0, endUs: 0 };
  for (let round = 0; round < rounds; round++) {
    const { startUs, endUs } = await measured(kind, count);
    sum.startUs += startUs / rounds;
    sum.endUs += endUs / rounds;
  }
  return sum;
};
