import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { until } from '../../../../test/support/until.js';
import { hasServer, NatsServer } from '../support/natsServer.js';

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
