import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startInspector } from '../../src/index.js';
import { frames, inspecting, producing, viewing } from '../support/peers.js';
import { until } from '../support/until.js';

const SECRET = 'hunter2-correct-horse-battery';

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'recording-')), 'night.ndjson');
  writeFileSync(file, text);
  return file;
}

/** An app as `@statelyai/inspect` shows it, which sends everything. */
async function recorded() {
  const inspector = await inspecting();
  const producer = await producing(`${inspector.producerUrl}&producer=shop`);
  const definition = JSON.stringify({
    id: 'm',
    context: { password: SECRET },
    initial: 'a',
    states: {
      a: { on: { go: 'b' }, invoke: { src: 'x', input: { key: SECRET } } },
      b: {},
      context: {},
    },
  });
  const context = { password: SECRET, attempt: 3, [SECRET]: 1, nested: { token: SECRET } };
  producer.send(
    frames.actor('x:0', {
      definition,
      _app: { name: 'shop', pid: 7 },
      snapshot: { status: 'active', value: 'a', context },
    }),
  );
  producer.send(
    frames.actor('x:1', { parentId: 'x:0', rootId: 'x:0', snapshot: { status: 'active' } }),
  );
  producer.send(frames.event('x:0', 'go', { event: { type: 'go', token: SECRET } }));
  const error = {
    name: 'Error',
    message: `refused: https://me:${SECRET}@host/?k=${SECRET} password=${SECRET}`,
    code: 'EACCES',
    config: SECRET,
  };
  producer.send(
    frames.snapshot('x:0', 'b', {
      event: { type: 'go', token: SECRET, error },
      snapshot: {
        status: 'error',
        value: 'b',
        context: { ...context, lastError: error },
        error,
        output: { key: SECRET },
        children: {},
      },
      _actions: ['greet'],
      _emitted: [{ type: 'gone', token: SECRET }],
    }),
  );
  const view = await viewing(inspector);
  await until('the failure', () => view.actors.get('shop/x:0')?.status === 'error');
  const { host, search } = new URL(inspector.url);
  const answer = await fetch(`http://${host}/recording${search}`);
  return { inspector, host, search, answer, text: await answer.text() };
}

describe('a recording', () => {
  it('has every frame and no secret, and is shown again as it was', async () => {
    const { text, answer, search } = await recorded();
    expect(answer.headers.get('content-disposition')).toContain('recording.ndjson');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(search.slice('?token='.length));
    expect(text).toContain('EACCES');
    const again = await inspecting({ recording: fileOf(text) });
    const view = await viewing(again);
    expect(view.of('hello')[0]).toMatchObject({ recording: 'night.ndjson' });
    expect(view.actors.get('shop/x:0')).toMatchObject({
      name: 'x:0',
      status: 'error',
      states: ['b'],
      app: { name: 'shop', pid: 7 },
    });
    expect(view.actors.get('shop/x:1')).toMatchObject({ status: 'stopped', parent: 'shop/x:0' });
    view.select('shop/x:0');
    await until('the history', () => view.of('history').length > 0);
    const [history] = view.of('history');
    expect(history?.records.map(({ kind }) => kind)).toEqual(['actor', 'event', 'snapshot']);
    expect(history?.records[2]).toMatchObject({
      actions: ['greet'],
      emitted: [{ type: 'gone', token: '[string]' }],
      snapshot: { context: { attempt: 3, password: '[string]' }, error: { code: 'EACCES' } },
    });
    expect(JSON.parse(history?.definition ?? '')).toMatchObject({
      context: '[object]',
      states: { context: {}, a: { invoke: { input: '[object]' } } },
    });
    // What is recorded is over: no app comes in.
    const stranger = new WebSocket(again.producerUrl);
    onTestFinished(() => stranger.terminate());
    await expect(new Promise((_resolve, reject) => stranger.on('error', reject))).rejects.toThrow(
      '503',
    );
  });

  it('is given to those with the token and from the own page only', async () => {
    const { host, search } = await recorded();
    expect((await fetch(`http://${host}/recording`)).status).toBe(401);
    const foreign = await fetch(`http://${host}/recording${search}`, {
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.status).toBe(403);
  });

  it.each([
    ['it is not a recording of this inspector', '{"type":"other"}\n'],
    ['line 1 is not a JSON object', 'hello\n'],
    ['line 2 is not a frame', '{"type":"@schmoozer.recording","version":1}\n{"type":"x"}\n'],
    ['its version is 2, this inspector reads 1', '{"type":"@schmoozer.recording","version":2}\n'],
    ['line 1 is too long', `"${'x'.repeat(5_000_000)}"`],
    ['it is empty', ''],
  ])('that is none is refused: %s', async (why, text) => {
    await expect(startInspector({ port: 0, recording: fileOf(text) })).rejects.toMatchObject({
      code: 'ERR_RECORDING',
      message: `"night.ndjson" cannot be opened: ${why}`,
    });
    await expect(startInspector({ port: 0, recording: '/nowhere/x' })).rejects.toThrow('ENOENT');
  });
});

describe('a command', () => {
  it('goes to the app of an actor that allows it, and is reported; any other is passed over', async () => {
    const onCommand = vi.fn();
    const inspector = await inspecting({ onCommand });
    const producer = await producing(inspector.producerUrl);
    const heard: unknown[] = [];
    producer.on('message', (data) => heard.push(JSON.parse((data as Buffer).toString())));
    producer.send(frames.actor('x:0', { name: 'orders', _commands: ['stop', 'suspend'] }));
    producer.send(frames.actor('x:1'));
    const view = await viewing(inspector);
    await until('both', () => view.actors.size === 2);
    expect(view.actors.get('app 1/x:0')?.commands).toEqual(['stop', 'suspend']);
    const ask = (what: object) => view.socket.send(JSON.stringify({ type: 'command', ...what }));
    ask({ key: 'app 1/x:1', command: 'stop' });
    ask({ key: 'app 1/x:0', command: 'xstate.stop' });
    ask({ key: 'app 1/x:9', command: 'stop' });
    ask({ key: 7, command: 'stop' });
    ask({ key: 'app 1/x:0', command: 'suspend' });
    await until('the command', () => heard.length > 0);
    expect(heard).toEqual([{ type: '@schmoozer.command', sessionId: 'x:0', command: 'suspend' }]);
    expect(onCommand).toHaveBeenCalledExactlyOnceWith({
      command: 'suspend',
      actor: 'orders',
      app: 'app 1',
    });
  });
});
