// Writes packages/inspector/inspector.png: real actors, seen in the real inspector; `npm run docs:inspector`.
import { startInspector } from '@schmoozer/inspector';
import { constantBackoff, Continue, createReconnectActor } from 'schmoozer';
import { createInspector } from 'schmoozer/inspect';
import { scriptedConnector } from 'schmoozer/testing';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { launchChromium } from '../test/support/launchChromium.js';
import { palettePng } from './inspector/palettePng.js';

const file = fileURLToPath(new URL('../packages/inspector/inspector.png', import.meta.url));

// Launched before the actors begin: their waits would end while it starts.
const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: 1440, height: 1090 },
  deviceScaleFactor: 1.5,
  colorScheme: 'light',
});

const inspector = await startInspector({ port: 0 });
const producer = createInspector({ url: inspector.producerUrl, WebSocket });

function link(id: string) {
  const script = scriptedConnector();
  const options = {
    inspect: producer.inspect,
    id,
    backoff: constantBackoff(8000),
    stableAfterMs: 700,
  };
  const actor = createReconnectActor(script.connector, options).start();
  /** Long enough for every step to be seen for itself. */
  const pause = () => sleep(150);
  return {
    actor,
    async refuse() {
      await pause();
      const error = new Error('connect ECONNREFUSED 127.0.0.1:5432');
      script.connects.at(-1)?.reject(Object.assign(error, { code: 'ECONNREFUSED' }));
      await pause();
    },
    async accept() {
      await pause();
      script.connects.at(-1)?.resolve();
      await pause();
    },
    async drop() {
      script.runs.at(-1)?.resolve(Continue());
      await pause();
    },
    async retry() {
      actor.send({ type: 'reconnect' });
      await pause();
    },
  };
}

const [orders, prices, chat, metrics, audit] = ['orders', 'prices', 'chat', 'metrics', 'audit'].map(
  link,
) as [
  ReturnType<typeof link>,
  ReturnType<typeof link>,
  ReturnType<typeof link>,
  ReturnType<typeof link>,
  ReturnType<typeof link>,
];
await Promise.all([prices.accept(), chat.accept(), metrics.refuse()]);
await orders.refuse();
await orders.retry();
await orders.refuse();
await orders.retry();
await orders.accept();
await sleep(800);
await orders.drop();
await orders.retry();
await orders.accept();
await chat.drop();
audit.actor.send({ type: 'stop' });
await audit.refuse();
await orders.drop();
await orders.retry();
await orders.refuse();

await page.goto(inspector.url);
await page.locator('.chart .state.active').first().waitFor();
await sleep(1600);
const shot = (await page.screenshot()).toString('base64');
// The page's own rules forbid it to load pictures: an empty one decodes.
const blank = await browser.newPage();
const { pixels, width, height } = await blank.evaluate(async (text) => {
  const image = await createImageBitmap(
    await (await fetch(`data:image/png;base64,${text}`)).blob(),
  );
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let characters = '';
  for (const byte of data) characters += String.fromCodePoint(byte);
  return { pixels: btoa(characters), width: image.width, height: image.height };
}, shot);
writeFileSync(file, palettePng(Buffer.from(pixels, 'base64'), width, height));
await browser.close();

for (const { actor } of [orders, prices, chat, metrics, audit]) actor.stop();
await producer.stop();
await inspector.close();
