import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fencesOf } from '../../../../test/support/documents.js';
import { exec, root } from '../../../../test/support/exec.js';
import { until } from '../../../../test/support/until.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

describe.skipIf(!hasServer)('packages/nats/README.md', () => {
  it('publishes without confirmation, on a server without JetStream', async () => {
    const server = await NatsServer.start('');
    onTestFinished(() => server[Symbol.asyncDispose]());
    const nats = await connect({ servers: server.url, reconnect: false });
    onTestFinished(() => nats.close());
    const heard: string[] = [];
    nats.subscribe('orders.seen', {
      callback: (_error, message) => void heard.push(message.string()),
    });
    await nats.flush();
    const [fence] = fencesOf('packages/nats/README.md').filter(({ code }) =>
      code.includes('nats.publish('),
    );
    const program = fence?.code.replace('nats://127.0.0.1:4222', server.url) ?? expect.fail();
    await mkdir(join(root, '.tmp'), { recursive: true });
    const folder = await mkdtemp(join(root, '.tmp/nats-readme-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'program.ts'), program);
    const run = exec(process.execPath, ['--import', 'tsx', join(folder, 'program.ts')], root);
    expect(run).toEqual({ status: 0, stdout: '', stderr: '' });
    await until('it has arrived', () => heard.length > 0);
    expect(heard).toEqual(['42 apples']);
  });
});

describe.skipIf(!hasServer)('examples/nats.ts', () => {
  it('works on the messages of a stream, goes on after an outage, and ends in order', async () => {
    const server = await NatsServer.start();
    onTestFinished(() => server[Symbol.asyncDispose]());
    const publish = async (text: string) => {
      const nats = await connect({ servers: server.url, reconnect: false });
      const jsm = await jetstreamManager(nats);
      await jsm.streams.add({ name: 'orders', subjects: ['orders.>'] });
      await jetstream(nats).publish('orders.new', text);
      await nats.close();
    };
    await publish('one');
    const program = spawn(process.execPath, ['--import', 'tsx', 'examples/nats.ts'], {
      cwd: root,
      env: { ...process.env, NATS_URL: server.url },
    });
    onTestFinished(() => void program.kill('SIGKILL'));
    let said = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    await until('the first is worked on', () => said.includes('orders.new one 0'));
    await server.kill();
    await server.restart();
    await publish('two');
    await until('the second is worked on', () => said.includes('orders.new two 0'));
    const gone = once(program, 'exit');
    program.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
    expect(said).toMatch(/^session 1 without a gap\n.*\nsession 2 without a gap\n/);
    expect(said).toContain("{ status: 'stopped', reason: 'SIGTERM' }");
  });
});
