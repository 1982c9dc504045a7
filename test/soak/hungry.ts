// Adds messages to an outbox in a file, and takes memory, until V8 ends the process: hungry.ts <path> <said>
import { openSync, writeSync } from 'node:fs';
import { outbox } from 'schmoozer/outbox';
import { fileStore } from 'schmoozer/outbox-file';

const [path, said] = process.argv.slice(2) as [string, string];
const file = openSync(said, 'w');
const box = outbox<number, object>({ store: fileStore({ path }), maxItems: 1_000_000, send() {} });
const taken: number[][] = [];
for (let message = 0; ; message += 1) {
  await box.add(message);
  writeSync(file, '.');
  taken.push(Array.from({ length: 20_000 }, () => message + 0.5));
}
