import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { closedPort } from '../../../../test/support/loopback.js';
import { until } from '../../../../test/support/until.js';

/** Who may run a server: this user, or `postgres` in the place of root, whom the server refuses. */
interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

const DEBIAN = '/usr/lib/postgresql';

/** Where `initdb` is; undefined where there is none, or nobody who may run it. */
export async function findServer(): Promise<{ bin: string; owner: Owner } | undefined> {
  try {
    const versions = (await readdir(DEBIAN)).map(Number).filter(Number.isFinite);
    if (versions.length === 0) return undefined;
    const bin = `${DEBIAN}/${Math.max(...versions)}/bin`;
    if (process.getuid?.() !== 0) return { bin, owner: {} };
    const id = (flag: string) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe', encoding: 'utf8' }));
    return { bin, owner: { uid: id('-u'), gid: id('-g') } };
  } catch {
    return undefined;
  }
}

/** What may come in: `owner` without a password, `refused` never, all others by SCRAM. */
const HBA = `
host replication,all owner 127.0.0.1/32 trust
host all refused 127.0.0.1/32 reject
host all ghost 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`;

/** A server of our own on a free port of loopback, whose superuser is `owner`. */
export class Cluster {
  readonly port: number;
  readonly #bin: string;
  readonly #owner: Owner;
  readonly #folder: string;
  #server: ChildProcess | undefined;

  private constructor(bin: string, owner: Owner, folder: string, port: number) {
    this.#bin = bin;
    this.#owner = owner;
    this.#folder = folder;
    this.port = port;
  }

  static async make({ bin, owner }: { bin: string; owner: Owner }): Promise<Cluster> {
    const folder = await mkdtemp(join(tmpdir(), 'schmoozer-postgres-'));
    if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid as number);
    const cluster = new Cluster(bin, owner, folder, await closedPort());
    const how = ['-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await cluster.#tool('initdb', ['-D', cluster.#data, ...how]);
    await writeFile(join(cluster.#data, 'pg_hba.conf'), HBA);
    return cluster;
  }

  /** A copy of this server, which follows it, as a hot standby. */
  async standby(): Promise<Cluster> {
    const { uid, gid } = this.#owner;
    const folder = await mkdtemp(join(tmpdir(), 'schmoozer-standby-'));
    if (uid !== undefined) await chown(folder, uid, gid as number);
    const cluster = new Cluster(this.#bin, this.#owner, folder, await closedPort());
    const from = `host=127.0.0.1 port=${this.port} user=owner`;
    const how = ['-D', cluster.#data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
    await this.#tool('pg_basebackup', ['-d', from, ...how]);
    return cluster;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  url(user: string, database = 'postgres'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  /** Resolves when the server runs; with `isUp` when it answers so. */
  async start(settings: Record<string, string> = {}, isUp = () => this.#isReady()): Promise<void> {
    const all = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      max_wal_senders: '2',
      ...settings,
    };
    const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const options = { stdio: 'ignore', cwd: this.#folder, ...this.#owner } as const;
    this.#server = spawn(`${this.#bin}/postgres`, ['-D', this.#data, ...args], options);
    await until('the server runs', isUp);
  }

  /** `SIGINT` ends the sessions in order. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGQUIT'): Promise<void> {
    const server = this.#server;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill(signal);
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async ask(...statements: string[]): Promise<Record<string, unknown>[]> {
    const client = new pg.Client(this.url('owner'));
    client.on('error', () => {});
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) {
        rows = (await client.query(statement)).rows as Record<string, unknown>[];
      }
      return rows;
    } finally {
      await client.end();
    }
  }

  async #isReady(): Promise<boolean> {
    return this.ask('select 1').then(
      () => true,
      () => false,
    );
  }

  async #tool(name: string, args: readonly string[]): Promise<void> {
    const child = spawn(`${this.#bin}/${name}`, args, { cwd: this.#folder, ...this.#owner });
    child.stdout.resume();
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`${name} failed: ${said}`);
  }
}
