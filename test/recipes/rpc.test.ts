import { expect, it, onTestFinished } from 'vitest';
import { rpcClient } from '../../examples/recipes/rpc.js';
import { nothingLeft } from '../support/leftovers.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

it('answers by id, fails at the deadline and with the session, and waits for the next one', async () => {
  const asked: string[] = [];
  const server = new RestartableServer((socket) =>
    socket.on('message', (data: Buffer) => {
      const { id, method, params } = JSON.parse(String(data));
      asked.push(method);
      if (method === 'add') socket.send(JSON.stringify({ id, result: params[0] + params[1] }));
      if (method === 'fail') socket.send(JSON.stringify({ id, error: { message: 'no' } }));
    }),
  );
  await server.start();
  onTestFinished(() => server.kill());
  const { link, call } = rpcClient(server.url);
  link.start();
  expect(await Promise.all([call('add', [1, 2]), call('add', [3, 4])])).toEqual([3, 7]);
  await expect(call('fail', [])).rejects.toThrow('no');
  await expect(call('silence', [], { timeoutMs: 50 })).rejects.toMatchObject({
    name: 'TimeoutError',
  });

  const lost = expect(call('silence', [])).rejects.toThrow('lost before the answer');
  await until('the request', () => asked.length === 5);
  await server.kill();
  await lost;
  await expect(call('add', [1, 1], { timeoutMs: 50 })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  const waiting = call('add', [20, 22], { timeoutMs: 20_000 });
  await server.start();
  link.send({ type: 'reconnect' });
  expect(await waiting).toBe(42);

  await link.close();
  await expect(call('add', [1, 1])).rejects.toMatchObject({ name: 'LinkEndedError' });
  await server.kill();
  await nothingLeft();
});
