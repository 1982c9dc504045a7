// @ts-check
// The floors of `src`: which folder may import what. The linter reads this table
// (scripts/floorsPlugin.mjs), CONTRIBUTING shows it (`npm run docs`), test/package tries every pair.
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';

/**
 * @typedef {object} Row
 * @property {string} folder below `src`; a subfolder is a row of its own
 * @property {string} holds for the tables in CONTRIBUTING
 * @property {readonly string[]} imports other folders, of this floor or a lower one
 * @property {readonly string[]} [node] modules of Node; a row without them runs in a browser, too
 * @property {readonly string[]} [packages] packages that every file may import
 * @property {readonly string[]} [xstate] the files that may import `xstate`, types too
 *
 * @typedef {{ entry: string, imports: readonly string[] }} Entry
 *
 * @typedef {Required<Pick<Row, 'imports' | 'node' | 'packages'>> & { name: string }} Place
 */

/**
 * From the ground up. A row of a folder that does not exist yet keeps a place for it.
 * XState is named seven times, and nowhere else, so that all the rest runs without it.
 *
 * @type {readonly (readonly Row[])[]}
 */
export const floors = [
  [
    {
      folder: 'core',
      holds: 'what all other folders share: connector, errors, clock, checks',
      imports: [],
    },
  ],
  [
    {
      folder: 'policy',
      holds: 'backoffs and the classification of errors: pure functions',
      imports: ['core'],
      packages: ['is-network-error'],
    },
  ],
  [
    {
      folder: 'actors',
      holds: 'the work that the chart invokes, and the lease that owns a connection',
      imports: ['core', 'policy'],
      // The adapter that makes the work XState's actor logic.
      xstate: ['taskLogic.ts'],
    },
    {
      folder: 'connectors',
      holds: 'the shared parts of connectors, such as the verdicts of network errors',
      imports: ['core', 'policy'],
    },
    {
      folder: 'connectors/messages',
      holds: 'the handling of messages, the same for every connector with messages',
      imports: ['core'],
    },
  ],
  [
    {
      folder: 'machine',
      holds: 'the statechart, and the meaning of its names',
      imports: ['core', 'policy', 'actors'],
      // These bind the chart to XState and make actors of it; the chart itself is data.
      xstate: ['setup.ts', 'reconnectMachine.ts', 'reconnectActor.ts'],
    },
    {
      folder: 'discovery',
      holds: 'finding the endpoints of a service: SRV records',
      imports: ['core'],
      node: ['dns'],
    },
    {
      folder: 'connectors/tcp',
      holds: 'the connector for TCP and TLS',
      imports: ['core', 'policy', 'connectors'],
      node: ['dns', 'net', 'stream', 'timers', 'tls'],
    },
    {
      folder: 'connectors/websocket',
      holds: 'the connector for WebSocket: `ws` is passed in, timers are those of `clock`',
      imports: ['core', 'policy', 'connectors'],
    },
    {
      folder: 'connectors/sse',
      holds: 'the connector for server-sent events',
      imports: ['core', 'policy', 'connectors', 'connectors/messages'],
    },
  ],
  [
    {
      folder: 'compiled',
      holds: 'the chart as straight-line code, without XState',
      imports: ['core', 'policy', 'actors', 'machine'],
      // Types alone: an actor that XState's helpers take for theirs, and logic for its actors.
      xstate: ['compiledActor.ts', 'reconnectLogic.ts'],
    },
  ],
  [
    {
      folder: 'browser',
      holds: 'the state of a browser: online, awake',
      imports: ['core', 'policy'],
    },
    {
      folder: 'many',
      holds: 'limiters, endpoints, locks and groups of links',
      imports: ['core', 'policy', 'machine', 'compiled', 'connectors'],
    },
    {
      folder: 'outbox',
      holds: 'messages that are kept until they are acknowledged',
      imports: ['core'],
    },
    {
      folder: 'telemetry',
      holds: 'listeners of links: diagnostics, metrics',
      imports: ['core', 'policy', 'machine', 'compiled'],
      node: ['diagnostics_channel'],
    },
    {
      folder: 'explain',
      holds: 'the reasons of verdicts, as sentences; no connector imports this folder',
      imports: ['core', 'connectors', 'connectors/websocket'],
    },
    {
      folder: 'inspect',
      holds: 'the producer for inspectors: selection and transport of what they show',
      imports: ['core', 'policy', 'machine', 'compiled'],
    },
    {
      folder: 'testing',
      holds: 'the test kit',
      imports: ['core', 'policy', 'machine', 'compiled'],
    },
  ],
  [
    {
      folder: 'many/group',
      holds: 'a changing set of named links, and their health',
      imports: ['core', 'policy', 'machine', 'compiled', 'many'],
      // Types alone: logic for actors of XState.
      xstate: ['groupLogic.ts'],
    },
    {
      folder: 'compat',
      holds: 'the interfaces of other libraries',
      imports: [
        'core',
        'policy',
        'machine',
        'compiled',
        'connectors',
        'connectors/websocket',
        'browser',
      ],
    },
    {
      folder: 'outbox/file',
      holds: 'a log of messages in a file',
      imports: ['core', 'outbox'],
      node: ['fs', 'path'],
    },
  ],
  [
    {
      folder: 'log',
      holds: 'log lines about links and groups',
      imports: ['core', 'machine', 'many/group'],
    },
  ],
];

/**
 * The entries, `src/*.ts`: no other file of `src` imports one.
 *
 * @type {readonly Entry[]}
 */
export const entries = [
  { entry: 'index', imports: ['core', 'policy', 'machine', 'compiled'] },
  { entry: 'browser', imports: ['browser'] },
  { entry: 'budget', imports: ['many'] },
  { entry: 'compiled', imports: ['compiled'] },
  { entry: 'exclusive', imports: ['many'] },
  { entry: 'diagnostics', imports: ['core', 'telemetry'] },
  { entry: 'explain', imports: ['core', 'explain'] },
  { entry: 'group', imports: ['core', 'compiled', 'many/group'] },
  { entry: 'inspect', imports: ['inspect'] },
  { entry: 'limiter', imports: ['core', 'many'] },
  { entry: 'log', imports: ['log'] },
  { entry: 'many', imports: ['core', 'many'] },
  { entry: 'reconnecting-websocket', imports: ['compat'] },
  { entry: 'outbox', imports: ['outbox'] },
  { entry: 'outbox-file', imports: ['outbox', 'outbox/file'] },
  { entry: 'messages', imports: ['connectors', 'connectors/messages'] },
  {
    entry: 'sse',
    imports: ['core', 'connectors', 'connectors/messages', 'connectors/sse'],
  },
  { entry: 'srv', imports: ['discovery'] },
  { entry: 'tcp', imports: ['core', 'connectors', 'connectors/tcp'] },
  { entry: 'testing', imports: ['testing'] },
  { entry: 'websocket', imports: ['core', 'connectors', 'connectors/websocket'] },
];

/** All rows of folders, from the ground up. */
export const rows = floors.flat();

/**
 * Why a file must not import something; undefined if it may, or if no row is about it.
 *
 * @param {string} file from the top of the repository, with `/`: `src/machine/chart.ts`
 * @param {string} specifier as it stands in the import
 * @returns {string | undefined}
 */
export function offence(file, specifier) {
  const from = placeOf(file);
  if (from === undefined) return undefined;
  if (specifier.startsWith('.')) return relativeOffence(from, file, specifier);
  if (isBuiltin(specifier)) {
    const module = nameOf(specifier.replace(/^node:/, ''));
    if (from.node.includes(module)) return undefined;
    return from.node.length > 0
      ? `\`${from.name}\` may import ${listOf(from.node)} of Node, not \`${module}\`.`
      : `\`${from.name}\` runs in a browser, too: no module of Node.`;
  }
  const name = nameOf(specifier);
  if (from.packages.includes(name)) return undefined;
  if (name === 'schmoozer') return 'Import the file that has it, not the entry that exports it.';
  const holders = rows.flatMap(({ folder, packages = [], xstate = [] }) => [
    ...(packages.includes(name) ? [folder] : []),
    ...(name === 'xstate' ? xstate.map((each) => `${folder}/${each}`) : []),
  ]);
  return holders.length > 0
    ? `Only ${listOf(holders)} may import \`${name}\`.`
    : `No row of scripts/floors.mjs lets a file import \`${name}\`.`;
}

/**
 * Whether a row is about the file.
 *
 * @param {string} file
 */
export function hasRow(file) {
  return placeOf(file) !== undefined;
}

/**
 * What a file may import; undefined if no row is about it.
 *
 * @param {string} file
 * @returns {Place | undefined}
 */
function placeOf(file) {
  const folder = posix.dirname(file);
  if (folder === 'src') {
    const entry = entries.find((each) => file === `src/${each.entry}.ts`);
    return entry && { name: file, imports: entry.imports, node: [], packages: [] };
  }
  const row = rows.find((each) => folder === `src/${each.folder}`);
  if (row === undefined) return undefined;
  const { imports, node = [], packages = [], xstate = [] } = row;
  return {
    name: row.folder,
    imports: [row.folder, ...imports],
    node,
    packages: xstate.includes(posix.basename(file)) ? [...packages, 'xstate'] : packages,
  };
}

/**
 * @param {{ name: string, imports: readonly string[] }} from
 * @param {string} file
 * @param {string} specifier
 */
function relativeOffence({ name, imports }, file, specifier) {
  const target = posix.join(posix.dirname(file), specifier);
  const folder = posix.dirname(target);
  if (folder === 'src') return 'Import the file that has it, not the entry that exports it.';
  if (imports.some((each) => folder === `src/${each}`)) return undefined;
  return `\`${name}\` may import ${listOf(imports)}, not \`${folder.replace(/^src\//, '')}\`.`;
}

/**
 * The module or package of a specifier, without a path inside it.
 *
 * @param {string} specifier
 */
function nameOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** @param {readonly string[]} names */
function listOf(names) {
  return names.length === 0 ? 'nothing' : names.map((name) => `\`${name}\``).join(', ');
}
