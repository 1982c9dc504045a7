import type { OpenClient, RedisConnection } from '../../src/connection.js';
import { ending } from '../../src/ending.js';

export interface Sent {
  readonly args: readonly string[];
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: Error) => void;
}

/** A client whose server is the test: it sees each command, and answers it. A group is there, and nothing is pending. */
export function scriptedConnection() {
  const sent: Sent[] = [];
  const { ended, end } = ending();
  const connection: RedisConnection = {
    ready: Promise.resolve(),
    ended,
    send: (...parts) =>
      new Promise((resolve, reject) => {
        const args = parts.map(String);
        sent.push({ args, answer: resolve, refuse: reject });
        if (args[0] === 'XPENDING') resolve(args.length === 3 ? [0, null, null, null] : []);
        if (args[0] === 'PING') resolve('PONG');
      }),
    subscribe: () => Promise.resolve(),
    async close(error) {
      end(error ?? new Error('closed'));
      for (const { refuse } of sent) refuse(new Error('the connection is gone'));
    },
  };
  const open: OpenClient = () => connection;
  const of = (name: string) => sent.filter(({ args }) => args[0] === name);
  return { open, of, ended };
}

/** What XREADGROUP answers. */
export function reading(...ids: string[]) {
  const fields = [Buffer.from('text'), Buffer.from('any')];
  return [[Buffer.from('stream'), ids.map((id) => [Buffer.from(id), fields])]];
}
