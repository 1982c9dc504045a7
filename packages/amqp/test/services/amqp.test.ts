import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../../../../test/support/exec.js';
import { describeContract } from '../../../../test/support/serviceContract.js';
import { start } from '../../../../test/support/serviceLoop.js';
import { until } from '../../../../test/support/until.js';
import { brokerUrl, isBrokerMissing, openAdmin } from '../support/broker.js';
import { isRabbitmqctlUsable, rabbitmqctl } from '../support/rabbitmqctl.js';
import { service } from '../support/service.js';

describeContract(service, 18, () => {
  it('leaves no connection that rabbitmqctl would list', async ({ skip }) => {
    if (!isRabbitmqctlUsable) skip('rabbitmqctl cannot be used here');
    const loop = await start(service);
    const peers = loop.proxy.ports;
    expect(peers).toHaveLength(1);
    const isListed = async () => {
      const list = await rabbitmqctl('list_connections', 'pid', 'peer_port');
      return list.includes(`\t${peers[0]}\n`);
    };
    expect(await isListed()).toBe(true);
    await loop.stop();
    await until('the broker lists it no more', async () => !(await isListed()));
  });
});

describe.skipIf(isBrokerMissing)('examples/amqp.ts', () => {
  it('publishes an order, makes its invoice, and ends at a SIGTERM', async () => {
    const { channel } = await openAdmin();
    onTestFinished(async () => {
      await channel.deleteQueue('invoices');
      await channel.deleteQueue('invoices.failed');
      await channel.deleteExchange('shop');
    });
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/amqp.ts'], {
      cwd: root,
      env: { ...process.env, AMQP_URL: brokerUrl() },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    const invoice = `invoice for order order-${child.pid} of 12 EUR { redeliveries: 0 }\n`;
    await until('the invoice is made', () => printed.includes(invoice));
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(printed).toBe(`session 1 { gap: false }\n${invoice}`);
  });
});
