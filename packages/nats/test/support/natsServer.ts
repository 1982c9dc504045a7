import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closedPort } from '../../../../test/support/loopback.js';
import { isListening } from '../../../../test/support/services.js';
import { until } from '../../../../test/support/until.js';

/** Whether there is a server to test with; where not, it is said why nothing is tested. */
export const hasServer = spawnSync('nats-server', ['--version']).status === 0;
if (!hasServer)
  console.warn('skipped: JetStream, nats-server is not installed (see docs/services.md)');

/** A server of this test alone, with JetStream. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #config: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, config: string) {
    this.port = port;
    this.#folder = folder;
    this.#config = config;
  }

  /** @param config what its configuration says beside the address and the store */
  static async start(config = 'jetstream {}'): Promise<NatsServer> {
    const folder = await mkdtemp(join(tmpdir(), 'schmoozer-nats-'));
    const server = new NatsServer(await closedPort(), folder, config);
    await server.restart();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, also after `kill`; what it has stored is there. */
  async restart(config = this.#config): Promise<void> {
    const file = join(this.#folder, 'nats.conf');
    const store = config.replace('jetstream {', `jetstream { store_dir: "${this.#folder}"`);
    await writeFile(file, `listen: "127.0.0.1:${this.port}"\n${store}\n`);
    this.#process = spawn('nats-server', ['-c', file], { stdio: 'ignore' });
    await until('the server listens', () => isListening(new URL(this.url)));
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null) return;
    const gone = once(process, 'exit');
    process.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
