import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { type BuiltPage, buildPage } from '../support/builtPage.js';
import { useChromium } from '../support/chromium.js';
import { root } from '../support/documents.js';
import { listening } from '../support/loopback.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { createServer } from 'node:net';

const browser = useChromium();
let built: BuiltPage;
beforeAll(async () => {
  built = await buildPage('examples/chat');
});
afterAll(() => built.close());

/** The room, as a process that can be killed. */
async function startRoom(port: number, file: string) {
  const args = ['--import', 'tsx', 'examples/chat/server.ts', String(port), file];
  const room = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(room, 'exit');
  const kill = async () => {
    room.kill('SIGKILL');
    await exit;
  };
  onTestFinished(kill);
  await once(room.stdout, 'data');
  return kill;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('two pages talk on when their server was killed: nothing is lost, missed or said twice', async () => {
  const [port, file] = [await freePort(), join(await temporaryFolder(), 'chat.log')];
  let kill = await startRoom(port, file);
  const open = async (name: string): Promise<Page> => {
    const page = await browser().newPage();
    onTestFinished(() => page.close());
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(`${built.url}?name=${name}&server=ws://127.0.0.1:${port}`);
    return page;
  };
  const errors: Error[] = [];
  const [ada, bob] = [await open('Ada'), await open('Bob')];
  const say = async (page: Page, text: string) => {
    await page.getByLabel('Message', { exact: true }).fill(text);
    await page.getByRole('button', { name: 'Send' }).click();
  };
  const heard = (page: Page) => page.getByRole('listitem').allTextContents();
  const unsent = (page: Page) => page.locator('.unsent').allTextContents();
  const bothHear = async (...lines: string[]) => {
    for (const page of [ada, bob]) {
      await expect.poll(async () => (await heard(page)).toSorted()).toEqual(lines.toSorted());
      await expect.poll(() => unsent(page)).toEqual([]);
    }
  };
  await say(ada, 'hello');
  await say(bob, 'hi');
  await bothHear('Ada: hello', 'Bob: hi');

  await kill();
  await ada.getByText('offline, next attempt in').waitFor();
  await say(ada, 'are you there?');
  await say(bob, 'the server is gone');
  await expect.poll(() => unsent(ada)).toEqual(['Ada: are you there?']);
  const picture = process.env['SCHMOOZER_PICTURE'];
  if (picture) await ada.screenshot({ path: picture });
  kill = await startRoom(port, file);
  await bothHear('Ada: hello', 'Bob: hi', 'Ada: are you there?', 'Bob: the server is gone');
  await say(ada, 'back again');
  await bothHear(
    'Ada: hello',
    'Bob: hi',
    'Ada: are you there?',
    'Bob: the server is gone',
    'Ada: back again',
  );
  // Both have them in the order of the room.
  expect(await heard(ada)).toEqual(await heard(bob));
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(5);
  expect(errors).toEqual([]);
  await kill();
});
