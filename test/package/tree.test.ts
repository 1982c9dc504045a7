import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/exec.js';

/** Tests that are named after a behaviour, as several files of the source have a part in it. */
const behaviours: Readonly<Record<string, string>> = {
  'connectors/limiterKey': 'the key that each connector gives a limiter',
  'many/anyOrder': 'requests, permits and their ends in any order, one inside another',
  'outbox/file/lockFileRace': 'a lock that another process takes over at the same time',
  'outbox/anyOrder': 'links that are cut at random, with any window, bound and store',
  'many/realEndpoints': 'links over servers that refuse, close and are killed',
  'many/group/anyOrder': 'additions, removals, ends and stops of links in any order',
  'many/group/remove': 'links that are removed, replaced and synchronised with a list',
  'many/group/stop': 'the end of a group, in order and by its deadline',
  'many/fleet': 'a limiter with the actors of whole processes',
  'connectors/secrets': 'what no failure of a connector may show',
  'connectors/tcp/lost': 'a link whose socket ends, whatever run does',
  'connectors/tcp/open': 'the option: streams of all kinds, and TLS over them',
  'connectors/tcp/renewal': 'what a link does when a connection is old, silent or half open',
  'connectors/tcp/session': 'what connect, run, lines and the release do together',
  'connectors/tcp/tls': 'what openSocket and the table of codes do over TLS',
  'connectors/websocket/binaryType':
    'the option, its types, and what else a session tells of its socket',
  'connectors/websocket/closed': 'the end of a session, whatever `run` does meanwhile',
  'connectors/websocket/lost': 'what a link does when its WebSocket ends, whatever `run` does',
  'connectors/websocket/defaults': 'the defaults that the document names, as a connector has them',
  'connectors/websocket/handshake': 'the option, with the session and the close around it',
  'connectors/websocket/stop': 'what an end at any moment leaves behind',
  'inspect/compiled':
    'links of the compiled engine as an inspector sees them, and commands to links',
  'inspect/format': 'the frames that a server gets',
  'inspect/lifetime': 'servers that come and go, and apps that do',
  'inspect/secrets': 'what no frame may show',
  'machine/badAnswers': 'methods of the user that answer what they should not',
  'machine/badEnds': 'connections that end as they should not: what closed may say',
  'machine/commands': 'where each command leads from each place, and how long a stop may take',
  'machine/deadlines': 'a connect timeout that comes late, and what has arrived by then',
  'machine/embedding': 'the machine inside a parent',
  'machine/events': 'what is told, in which order, with which durations',
  'machine/fromOutside': 'the connection, the end and the close of a link, for who holds the actor',
  'machine/lastError': 'what an attempt knows of the one before, and for how long',
  'machine/limiter': 'attempts that wait for a permit, and what becomes of each permit',
  'machine/lost': 'connections that are gone by themselves',
  'machine/parity': 'the cases of the Rust crate',
  'machine/places': 'each state of the chart: that it can be reached, and its tags',
  'machine/probe': 'the command',
  'machine/persistence': 'what a parent can keep of a link, and what nobody may see in it',
  'machine/pure': 'the chart as data, and what pure functions of XState make of it',
  'machine/reconnect': 'the command',
  'machine/resumeFrom': 'what an earlier actor leaves to the next one, and what it cannot leave',
  'machine/secrecy': 'what no snapshot, event or inspector may show',
  'machine/stability': 'sessions that last, and sessions that do not',
  'machine/startedAgain': 'an actor that is stopped and started again',
  'machine/stop': 'the command',
  'machine/suspend': 'the command',
  'machine/verdicts': 'which errors end the loop, and when: failFast, isRetryable, the marks',
  'machine/timeouts': 'connectTimeoutMs, and waits without an end',
  options: 'what every function that takes options refuses',
  'testing/apps/machines': 'the kit on machines that have a link inside',
  'testing/apps/react': 'the kit on a component',
  'testing/findings': 'what the kit finds, and what it says of it',
  'testing/realWebSocket': 'the kit on a real server',
  'testing/runners': 'the kit under the runners of others',
};

/** Every folder that a paragraph is owed. */
const suites = [
  ...foldersIn('test').filter((path) => path !== 'test/unit' && path !== 'test/proof'),
  ...foldersIn('test/unit'),
  ...foldersIn('test/proof'),
  ...foldersIn('packages').map((path) => `${path}/test`),
  'bench/test',
].filter((path) => existsSync(join(root, path)));

function foldersIn(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${path}/${name}`);
}

/** All files below a folder, relative to it, that end in a certain way. */
function filesIn(path: string, ending: string): string[] {
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(join(root, path), join(entry.parentPath, entry.name)));
}

describe('test/unit has the shape of src', () => {
  const tests = filesIn('test/unit', '.test.ts').map((file) => file.replace(/\.test\.ts$/, ''));
  const sources = new Set(filesIn('src', '.ts').map((file) => file.replace(/\.ts$/, '')));

  it.each(tests)('%s is a file of the source, or a behaviour that is listed', (test) => {
    expect(sources.has(test) || test in behaviours).toBe(true);
  });

  it('what is listed as a behaviour is a test, and no file of the source', () => {
    const behaviour = Object.keys(behaviours);
    expect(behaviour.filter((test) => !tests.includes(test) || sources.has(test))).toEqual([]);
  });

  it('each folder of the source has its folder here', () => {
    const folders = new Set([...sources].map((file) => dirname(file)));
    folders.delete('.');
    const tested = new Set(tests.map((test) => dirname(test)));
    expect([...folders].filter((name) => !tested.has(name))).toEqual([]);
    expect(folders.size).toBeGreaterThan(5);
  });
});

describe('test/README.md', () => {
  const text = readFileSync(join(root, 'test/README.md'), 'utf8');
  const headings = [...text.matchAll(/^### `(.+)`$/gm)].map(([, name]) => name as string);

  it('has a paragraph for each suite, and for none that is not there', () => {
    expect(headings.toSorted()).toEqual(suites.toSorted());
  });

  it.each(headings.filter((name) => name !== 'test/support'))(
    'says of %s how to run it alone, and how long that takes',
    (name) => {
      const start = text.indexOf(`### \`${name}\``);
      const end = text.indexOf('\n#', start + 1);
      const paragraph = text.slice(start, end < 0 ? undefined : end);
      expect(paragraph).toMatch(/`(npx|npm) .+`/);
      expect(paragraph).toMatch(/\b(seconds?|minutes?)\b/);
    },
  );
});

describe('which state a link is in', () => {
  /** Who may ask for a state by its name: see docs/events.md for why all others ask tags. */
  const mayAsk = [
    /^src\/machine\//,
    /^src\/testing\//,
    /^test\/proof\//,
    // The snapshot of the compiled engine answers as XState's does.
    /^test\/unit\/compiled\//,
    // A type test: the names of the states are part of what users see.
    /^test\/tarballs\/fixtures\/consumer\.ts$/,
    /^test\/package\/tree\.test\.ts$/,
  ];
  const folders = ['src', 'test', 'examples', 'scripts', 'bench', 'packages', 'docs'];
  const files = [
    'README.md',
    ...folders.flatMap((folder) =>
      ['.ts', '.tsx', '.mjs', '.md', '.html']
        .flatMap((ending) => filesIn(folder, ending))
        .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
        .map((file) => `${folder}/${file}`),
    ),
  ];

  it('is asked by tags, everywhere but in the machine and its proofs', () => {
    const asking = files.filter((file) => codeOf(file).includes('.matches('));
    expect(asking.filter((file) => !mayAsk.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(asking).toContain('test/tarballs/fixtures/consumer.ts');
    expect(files.length).toBeGreaterThan(300);
  });

  /** Of a document only what stands in fences. */
  function codeOf(file: string): string {
    const text = readFileSync(join(root, file), 'utf8');
    if (!file.endsWith('.md')) return text;
    return [...text.matchAll(/^```[\s\S]*?^```/gm)].map(([fence]) => fence).join('\n');
  }
});
