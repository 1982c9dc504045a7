import { expect, it, onTestFinished } from 'vitest';
import { followNews } from '../../examples/recipes/gap.js';
import { nothingLeft } from '../support/leftovers.js';
import { RestartableServer } from '../support/restartableServer.js';
import { until } from '../support/until.js';

it('subscribes again after the last that was seen: nothing is missing, nothing comes twice', async () => {
  let kept: number[] = [];
  const asked: number[] = [];
  const toText = (number: number) => JSON.stringify({ number, text: `news ${number}` });
  const server = new RestartableServer((socket) =>
    socket.on('message', (data: Buffer) => {
      const { after } = JSON.parse(String(data));
      asked.push(after);
      // It sends one too many, as a careful server would.
      for (const number of kept.filter((each) => each >= after)) socket.send(toText(number));
    }),
  );
  const publish = (number: number) => {
    kept.push(number);
    server.broadcast(toText(number));
  };
  await server.start();
  onTestFinished(() => server.kill());
  const heard: (number | string)[] = [];
  const link = followNews(
    server.url,
    ({ number }) => heard.push(number),
    (from, to) => heard.push(`missing ${from} to ${to}`),
  ).start();
  await until('the subscription', () => asked.length === 1);
  publish(1);
  publish(2);
  await until('the first two', () => heard.length === 2);
  await server.kill();
  await until('the loss', () => link.connection === undefined);
  publish(3);
  publish(4);
  await server.start();
  link.send({ type: 'reconnect' });
  await until('what came meanwhile', () => heard.length === 4);
  publish(5);
  await until('the fifth', () => heard.length === 5);
  await server.kill();
  await until('the loss', () => link.connection === undefined);
  kept = [8, 9];
  await server.start();
  link.send({ type: 'reconnect' });
  await until('the last', () => heard.at(-1) === 9);
  expect(heard).toEqual([1, 2, 3, 4, 5, 'missing 6 to 7', 8, 9]);
  expect(asked).toEqual([0, 2, 5]);
  await link.close();
  await server.kill();
  await nothingLeft();
});
