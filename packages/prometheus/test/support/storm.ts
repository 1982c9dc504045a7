import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../../../../test/support/exec.js';
import { type PrometheusServer, startPrometheus } from './prometheusServer.js';

export interface Storm extends AsyncDisposable {
  readonly prometheus: PrometheusServer;
  /** The server of the links is lost, with all its connections. */
  lose(): void;
  /** It is back at the same port. */
  restore(): void;
  /** Stops every link; the answer is the exit code of the process. */
  end(): Promise<number | null>;
}

/** A process with links, and a Prometheus that watches it. */
export async function startStorm(links: number, perSecond: number): Promise<Storm> {
  const program = `${root}packages/prometheus/test/support/stormMember.ts`;
  const child: ChildProcess = fork(program, [String(links), String(perSecond)], {
    cwd: root,
    execArgv: ['--import', 'tsx'],
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const [{ metricsPort }] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`the process ended with ${code}`);
    }),
  ])) as [{ readonly metricsPort: number }];
  const prometheus = await startPrometheus(metricsPort);
  return {
    prometheus,
    lose: () => void child.send('lose'),
    restore: () => void child.send('restore'),
    async end() {
      child.send('end');
      return (await exited)[0];
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await prometheus[Symbol.asyncDispose]();
    },
  };
}
