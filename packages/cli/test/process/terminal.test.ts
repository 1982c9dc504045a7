import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { spawnedFrom } from '../support/command.js';
import { root } from '../../../../test/support/exec.js';
import { closedPort, listening } from '../../../../test/support/loopback.js';

/** `script` of util-linux runs a program on a pseudo-terminal; others of that name take other options. */
const hasScript = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout,
);
const reason = hasScript ? '' : ' (skipped: `script` of util-linux is missing)';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const at = (port: number) => `tcp://127.0.0.1:${port}`;

/** The command on a terminal: `stdin` is the keyboard, `out` the screen, with stderr on it. */
function onTerminal(args: readonly string[], env = 'NO_COLOR=1') {
  const command = [
    'exec',
    'env',
    env,
    process.execPath,
    `${root}packages/cli/dist/cli.js`,
    ...args,
  ];
  return spawnedFrom('script', ['-qefc', command.join(' '), '/dev/null']);
}

describe.skipIf(!hasScript)(`the command on a terminal${reason}`, { timeout: 60_000 }, () => {
  it('sends each line when it is typed, and shows what comes', async () => {
    const received: string[] = [];
    const server = createServer((socket) =>
      socket.on('data', (chunk) => {
        received.push(String(chunk));
        socket.write(`you said ${String(chunk)}`);
      }),
    );
    const { stdin, out, ended } = onTerminal([at(await listening(server))]);
    await out.until(/connected/);
    stdin.write('one\n');
    await out.until(/you said one/);
    stdin.write('two\n');
    await out.until(/you said two/);
    expect(received).toEqual(['one\n', 'two\n']);
    stdin.write(CTRL_C);
    expect(await ended).toBe(0);
    expect(String(out)).toMatch(/schmoozer: ended, 2 lines sent\r\n$/);
  });

  it('shows a prompt that is no whole line', async () => {
    const server = createServer((socket) => socket.write('login: '));
    const { stdin, out, ended } = onTerminal([at(await listening(server))]);
    await out.until(/login: $/);
    stdin.write(CTRL_C);
    expect(await ended).toBe(0);
  });

  it('ends at Ctrl-D when the server has answered', async () => {
    const server = createServer((socket) => socket.pipe(socket));
    const { stdin, out, ended } = onTerminal([at(await listening(server)), '--linger', '100']);
    await out.until(/connected/);
    stdin.write(`hello\n${CTRL_D}`);
    expect(await ended).toBe(0);
  });

  it('Ctrl-C while the connection is down ends it; a line that was typed is told as not sent', async () => {
    const { stdin, out, ended } = onTerminal([at(await closedPort()), '--buffer', '1']);
    await out.until(/next attempt/);
    stdin.write('hello\n');
    // A Ctrl-C throws away what is typed and not yet read: the second line tells that it was.
    stdin.write('hello\n');
    await out.until(/1 line dropped/);
    stdin.write(CTRL_C);
    expect(await ended).toBe(1);
    expect(String(out)).toContain('1 line not sent');
  });

  it('a second Ctrl-C leaves at once, with 130', async () => {
    const server = createServer({ allowHalfOpen: true }, (socket) => socket.resume());
    const { stdin, out, ended } = onTerminal([at(await listening(server))]);
    await out.until(/connected/);
    stdin.write(CTRL_C);
    await out.until(/a second signal exits at once/);
    stdin.write(CTRL_C);
    expect(await ended).toBe(130);
  });

  it('keeps lines that are typed while the connection is down, and says which it does not', async () => {
    const port = await closedPort();
    const args = ['--backoff', 'constant:50', '--buffer', '2', '--linger', '100'];
    const { stdin, out, ended } = onTerminal([at(port), ...args]);
    await out.until(/next attempt/);
    stdin.write('one\n');
    stdin.write('two\n');
    stdin.write('three\n');
    await out.until(/1 line dropped: the buffer is full/);
    const received: string[] = [];
    const server = createServer((socket) =>
      socket.on('data', (chunk) => {
        received.push(String(chunk));
        socket.write('thanks\n');
      }),
    );
    server.listen(port, '127.0.0.1');
    await out.until(/thanks/);
    stdin.write(CTRL_C);
    expect(await ended).toBe(1);
    server.close();
    expect(received.join('')).toBe('one\ntwo\n');
  });

  it('is coloured, unless NO_COLOR is set', async () => {
    const server = createServer((socket) => socket.end());
    const port = await listening(server);
    const colored = onTerminal([at(port), '--once'], 'TERM=xterm NO_COLOR=');
    expect(await colored.ended).toBe(0);
    expect(String(colored.out)).toContain('\u001B[32mschmoozer: connected\u001B[39m');
    const plain = onTerminal([at(port), '--once']);
    expect(await plain.ended).toBe(0);
    expect(String(plain.out)).not.toContain('\u001B');
  });
});
