#!/usr/bin/env node
import process from 'node:process';
import { main } from './main.js';

const { env, stdin, stdout, stderr } = process;

// Exits explicitly, because a DNS lookup cannot be cancelled and would keep the process alive.
process.exit(
  await main({
    args: process.argv.slice(2),
    env,
    stdin,
    stdout,
    stderr,
    now: () => new Date(),
    onSignal(listener) {
      // Only the signals that the system supports.
      for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1'] as const) {
        process.on(signal, listener);
      }
    },
    exit: (code) => process.exit(code),
  }),
);
