import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from './until.js';

const bin = fileURLToPath(new URL('../../bin/schmoozer-inspector.js', import.meta.url));

/** The command itself, in a process of its own. */
export async function startInspectorProcess(): Promise<{ url: string; producerUrl: string }> {
  const child = spawn(process.execPath, [bin, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until('the inspector listens', () => output.includes('Ctrl-C ends it.'));
  const address = (scheme: string) => new RegExp(`${scheme}://[^\\s']+`).exec(output)?.[0] ?? '';
  return { url: address('http'), producerUrl: address('ws') };
}
