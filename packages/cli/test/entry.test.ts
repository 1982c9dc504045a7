import process from 'node:process';
import { expect, it, vi } from 'vitest';

it('the entry gives the command its process, and leaves with its exit code', async () => {
  const argv = process.argv;
  const listeners = process.listeners('SIGTERM');
  const port = 1;
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  const told = vi.spyOn(process.stderr, 'write').mockImplementation(((
    _text: string,
    done?: () => void,
  ) => {
    done?.();
    return true;
  }) as typeof process.stderr.write);
  process.argv = ['node', 'schmoozer', `tcp://127.0.0.1:${port}`, '--no-stdin', '--json'];
  const running = import('../src/cli.js');
  try {
    await vi.waitFor(
      () => expect(told).toHaveBeenCalledWith(expect.stringContaining('"waiting"')),
      { timeout: 20_000 },
    );
    const [ours] = process.listeners('SIGTERM').filter((one) => !listeners.includes(one));
    ours?.('SIGTERM');
    await running;
    expect(exit.mock.calls).toEqual([[0]]);
    expect(told).toHaveBeenCalledWith(expect.stringMatching(/^{"time":"20\d\d-.*"stopped"/));
    ours?.('SIGTERM');
    expect(exit.mock.calls).toEqual([[0], [143]]);
  } finally {
    process.argv = argv;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      for (const one of process.listeners(name)) {
        if (!listeners.includes(one)) process.off(name, one);
      }
    }
    vi.restoreAllMocks();
  }
});
