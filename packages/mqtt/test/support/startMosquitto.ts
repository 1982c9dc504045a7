import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { closedPort } from '../../../../test/support/loopback.js';
import { isListening } from '../../../../test/support/services.js';
import { temporaryFolder } from '../../../../test/support/temporaryFolder.js';
import { until } from '../../../../test/support/until.js';

/** Whether no Mosquitto can be started here. */
export const isMosquittoMissing = spawnSync('mosquitto', ['-h']).error !== undefined;

interface Mosquitto {
  readonly url: string;
  readonly process: ChildProcess;
}

/** Its plugin that may refuse a subscription: lines for `startMosquitto`; undefined where it is not installed. */
export const dynamicSecurity = [
  ...readdirSync('/usr/lib', { withFileTypes: true }).map(({ name }) => `/usr/lib/${name}`),
  '/usr/lib',
  '/usr/local/lib',
]
  .map((folder) => `${folder}/mosquitto_dynamic_security.so`)
  .filter((file) => existsSync(file))
  .slice(0, 1)
  .map((file) => `plugin ${file}\nplugin_opt_config_file FOLDER/security`);

/**
 * A Mosquitto on a free port; it is gone when the test is. `FOLDER` in its lines has files for them: `users`, whose `me` has the
 * password `secret`, and `rights`, by which `me` has what is below `mine/`.
 */
export async function startMosquitto(...lines: string[]): Promise<Mosquitto> {
  const port = await closedPort();
  const folder = await temporaryFolder();
  const config = join(folder, 'mosquitto.conf');
  const text = [`listener ${port} 127.0.0.1`, `user ${userInfo().username}`, ...lines].join('\n');
  writeFileSync(config, text.replaceAll('FOLDER', folder));
  writeFileSync(join(folder, 'users'), 'me:secret\n');
  spawnSync('mosquitto_passwd', ['-U', join(folder, 'users')]);
  writeFileSync(join(folder, 'rights'), 'user me\ntopic readwrite mine/#\n');
  const security = join(folder, 'security');
  spawnSync('mosquitto_ctrl', ['dynsec', 'init', security, 'admin', 'secret']);
  // Its role may do everything; without this it may read what is below `$SYS/`.
  const allowed = existsSync(security) ? readFileSync(security, 'utf8') : '';
  writeFileSync(security, allowed.replaceAll('"#"', '"nothing"'));
  const broker = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
  onTestFinished(async () => {
    if (broker.exitCode !== null || broker.signalCode !== null) return;
    broker.kill('SIGKILL');
    await once(broker, 'exit');
  });
  const url = `mqtt://127.0.0.1:${port}`;
  await until('Mosquitto listens', () => isListening(new URL(url)));
  return { url, process: broker };
}
