#!/usr/bin/env node
import process from 'node:process';
import { main } from './main.js';

const { env, stdin, stdout, stderr } = process;

// Not left to the event loop: a look-up that cannot be called back would keep the process.
process.exit(
  await main({
    args: process.argv.slice(2),
    env,
    stdin,
    stdout,
    stderr,
    now: () => new Date(),
    onSignal(listener) {
      // Where the system has them: the other ones are no events.
      for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1'] as const) {
        process.on(signal, listener);
      }
    },
    exit: (code) => process.exit(code),
  }),
);
