import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { uniqueName } from '../../../../test/support/serviceLoop.js';
import { urlOf } from '../../../../test/support/services.js';
import { temporaryFolder } from '../../../../test/support/temporaryFolder.js';
import { until } from '../../../../test/support/until.js';
import { isPostgresMissing } from '../support/skipped.js';

it.skipIf(isPostgresMissing)('examples/postgres-listen.ts prints what is notified', async () => {
  const channel = `Übung "${uniqueName()}"`;
  const file = join(await temporaryFolder(), 'password');
  await writeFile(file, 'any\n');
  const { href } = urlOf('Postgres');
  const env = { ...process.env, POSTGRES_URL: href, POSTGRES_PASSWORD_FILE: file };
  const args = ['--import', 'tsx', 'examples/postgres-listen.ts', channel];
  const child = spawn(process.execPath, args, { cwd: root, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  await until('session 1', () => said.includes('session 1'));
  const client = new pg.Client(href);
  await client.connect();
  const { processID } = client as unknown as { processID: number };
  await client.query('select pg_notify($1, $2)', [channel, 'one']);
  await until('the first', () => said.includes(': one'));
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where query like $1 and pid <> $2`,
    [`LISTEN%${channel.replaceAll('"', '""')}%`, processID],
  );
  await until('session 2', () => said.includes('session 2'));
  await client.query('select pg_notify($1, $2)', [channel, 'two']);
  await until('the second', () => said.includes(': two'));
  await client.end();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(said).toContain(`${channel}: one\n`);
  expect(said).toMatch(/again in \d+ ms: error: terminating connection/);
  expect(said).toContain('session 2: notifications may have been missed');
});
