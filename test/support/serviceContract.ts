// oxlint-disable vitest/no-standalone-expect -- a situation is the body of a test
import { expect, it } from 'vitest';
import { type Loop, start, type StartOptions } from './serviceLoop.js';
import { describeService } from './serviceSuite.js';
import type { Service } from './serviceUnderTest.js';
import { until } from './until.js';

interface Situation {
  readonly title: string;
  /** Whether it is one for this service; by default for all. */
  readonly isFor?: (service: Service) => boolean;
  readonly play: (begin: (options?: StartOptions) => Promise<Loop>) => Promise<void>;
}

const bad = new TypeError('bad payload');
const texts = ({ heard }: Loop) => heard.messages.map(({ text }) => text);

/** A handler that says when it has begun, and is done when it is told to be. */
function slowHandler() {
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { release, handle: () => released };
}

/** `onMessage` fails at the first message, in one way or another. */
const failures: [string, () => unknown][] = [
  [
    'throws',
    () => {
      throw bad;
    },
  ],
  ['rejects', () => Promise.reject(bad)],
];

const redelivers = ({ redelivers: does = false }: Service) => does;
const timesHeard = (loop: Loop, text: string) => texts(loop).filter((one) => one === text).length;

/** What docs/services.md promises of every connector for messages, beside what holds for the examples as well. */
const situations: readonly Situation[] = [
  ...failures.flatMap(([how, fail]): Situation[] => [
    {
      title: `goes on after an \`onMessage\` that ${how}: \`onError\` is called, and the session stays`,
      async play(begin) {
        const loop = await begin({ handle: (text) => (text === 'bad' ? fail() : undefined) });
        await loop.access.publish('bad');
        await until('onError is called', () => loop.heard.errors.length > 0);
        await loop.flow();
        expect(loop.heard.errors[0]).toBe(String(bad));
        expect(loop.heard.sessions).toHaveLength(1);
        await loop.stop();
      },
    },
    {
      title: `ends the session after an \`onMessage\` that ${how}, if it is told to, and the next one brings messages`,
      async play(begin) {
        let isFirst = true;
        const handle = (text: string) => {
          if (text !== 'bad' || !isFirst) return;
          isFirst = false;
          return fail();
        };
        const loop = await begin({ handle, onMessageError: 'end' });
        await loop.flow();
        await loop.access.publish('bad');
        await loop.session(2);
        await loop.flow();
        expect(loop.emitted.find(({ type }) => type === 'connection.closed')).toMatchObject({
          error: bad,
        });
        await loop.stop();
      },
    },
  ]),
  {
    title: 'waits at a stop for the handler in flight, and begins no other',
    async play(begin) {
      const { handle, release } = slowHandler();
      const loop = await begin({ handle });
      await loop.access.publish('one');
      await loop.access.publish('two');
      await until('it has begun', () => loop.heard.messages.length > 0);
      const stopping = loop.stop();
      expect(loop.isOnline()).toBe(false);
      let isOver = false;
      void stopping.finally(() => (isOver = true));
      // Longer than any goodbye.
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect([isOver, texts(loop)]).toEqual([false, ['one']]);
      release();
      await stopping;
    },
  },
  {
    title: 'is offline as soon as the connection is gone, though a handler works on',
    async play(begin) {
      const { handle, release } = slowHandler();
      const loop = await begin({ handle });
      await loop.access.publish('one');
      await until('it has begun', () => loop.heard.messages.length > 0);
      loop.proxy.reset();
      await until('it is offline', () => !loop.isOnline());
      expect(loop.emitted.at(-1)).toMatchObject({ type: 'connection.closing', cause: 'lost' });
      release();
      await loop.session(2);
      await loop.flow();
      await loop.stop();
    },
  },
  {
    title:
      'puts a message aside that always fails, after `maxRedeliveries`, and handles each other one once',
    isFor: redelivers,
    async play(begin) {
      let isAside = false;
      const loop = await begin({
        handle: (text) => (text === 'bad' ? Promise.reject(bad) : undefined),
        maxRedeliveries: 2,
        onDeadLetter: () => void (isAside = true),
      });
      const good = Array.from({ length: 20 }, (_, index) => `good ${index}`);
      for (const text of [...good.slice(0, 10), 'bad', ...good.slice(10)]) {
        await loop.access.publish(text);
      }
      await until('it is put aside', () => isAside);
      await loop.flow();
      // By the second of these the server has heard what became of the messages before.
      await loop.flow();
      // In another session nothing of it comes again.
      loop.proxy.reset();
      await loop.session(2);
      await loop.flow();
      expect(timesHeard(loop, 'bad')).toBe(3);
      expect(good.map((text) => timesHeard(loop, text))).toEqual(good.map(() => 1));
      await loop.stop();
    },
  },
  {
    title: 'ends the session by an `onDeadLetter` that throws, and the message comes again',
    isFor: redelivers,
    async play(begin) {
      let calls = 0;
      const loop = await begin({
        handle: (text) => (text === 'bad' ? Promise.reject(bad) : undefined),
        onDeadLetter: () => {
          if (calls++ === 0) throw new Error('no room');
        },
      });
      await loop.access.publish('bad');
      await loop.session(2);
      await until('it is put aside', () => calls === 2);
      await loop.flow();
      await loop.stop();
    },
  },
  {
    title: 'does not deliver a message again whose handler was done after a lost connection',
    isFor: ({ remembers = false }) => remembers,
    async play(begin) {
      const { handle, release } = slowHandler();
      const loop = await begin({ handle: (text) => (text === 'one' ? handle() : undefined) });
      await loop.access.publish('one');
      await until('it has begun', () => timesHeard(loop, 'one') === 1);
      loop.proxy.reset();
      await until('it is offline', () => !loop.isOnline());
      release();
      await loop.session(2);
      await loop.flow();
      expect(timesHeard(loop, 'one')).toBe(1);
      await loop.stop();
    },
  },
  {
    title: 'delivers a message again whose handler was interrupted by a lost connection',
    isFor: (service) => redelivers(service) && !service.remembers,
    async play(begin) {
      const { handle, release } = slowHandler();
      const loop = await begin({
        handle: (_text, epoch) => (epoch === 1 ? handle() : undefined),
        // A server that counts has delivered it twice.
        maxRedeliveries: 1,
      });
      await loop.access.publish('one');
      await until('it has begun', () => timesHeard(loop, 'one') === 1);
      loop.proxy.reset();
      await until('it is offline', () => !loop.isOnline());
      release();
      await loop.session(2);
      await until('it comes again', () => timesHeard(loop, 'one') === 2);
      await loop.flow();
      await loop.stop();
    },
  },
];

/**
 * Everything that `describeService` looks at, and the contract of docs/services.md.
 *
 * @param count how many situations of the contract there are, without TLS and with it
 */
export function describeContract(
  service: Service,
  count: number,
  more: () => void = () => {},
): void {
  const own = situations.filter(({ isFor = () => true }) => isFor(service));
  const transports: string[] = [];
  describeService(
    service,
    () => {
      it(`is looked at in ${count} situations of the contract`, () => {
        expect(own.length * transports.length).toBe(count);
      });
      more();
    },
    (transport) => {
      transports.push(transport.tls ? 'TLS' : 'plain');
      it.each(own.map((one) => [one.title, one] as const))('%s', (_title, { play }) =>
        play((options) => start(service, { ...transport, ...options })),
      );
    },
  );
}
