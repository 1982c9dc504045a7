// Prints the lines of the devices in a list, while the list changes: tsx examples/devices/main.ts devices.json 8080
import { readFile } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import { createServer } from 'node:http';
import { followDevices } from './devices.js';

const [file = 'devices.json', port = '8080'] = process.argv.slice(2);
const { group, update } = followDevices((id, line) => console.log(id, line));
group.on('link.givenUp', ({ name, error }) => console.error(`${name} is given up:`, error));

const reload = () =>
  readFile(file, 'utf8')
    .then((text) => update(JSON.parse(text)))
    .catch((error: unknown) => console.error('the list stays as it was:', error));
await reload();
watchFile(file, { interval: 200 }, () => void reload());

const server = createServer((_request, response) => {
  const health = group.health();
  response.statusCode = health.status === 'down' ? 503 : 200;
  response.end(JSON.stringify(health));
}).listen(Number(port), '127.0.0.1', () => console.error('ready'));
process.once('SIGTERM', () => {
  unwatchFile(file);
  server.close();
  void group.stop({ deadlineMs: 5000 }).then((output) => console.error('stopped', output));
});
