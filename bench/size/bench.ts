import type { Bench } from '../bench.js';
import { medianOf } from '../statistics.js';
import { bundle } from './bundle.js';

export const size: Bench = {
  name: 'size',
  title: 'Bundle size',
  method: `Bundled and minified by esbuild for a browser, gzip level 9, in bytes; modules of Node are not counted. \`.size-limit.json\`
holds the budget that \`npm run size\` checks.`,
  variants: [
    { name: 'root', label: '**schmoozer**, all of it' },
    { name: 'run', label: '**schmoozer**, `run` alone', note: 'without XState' },
    { name: 'compiled', label: '**schmoozer/compiled**' },
    {
      name: 'browser',
      label: '**schmoozer/browser**',
      note: '`whileOnline` and `reconnectOnWake` alone',
    },
    { name: 'diagnostics', label: '**schmoozer/diagnostics**', note: 'channels of Node, alone' },
    { name: 'group', label: '**schmoozer/group**', note: 'engine and limiter included' },
    { name: 'budget', label: '**schmoozer/budget**', note: 'the budget alone, without its store' },
    { name: 'limiter', label: '**schmoozer/limiter**', note: 'the limiter alone' },
    { name: 'exclusive', label: '**schmoozer/exclusive**', note: 'exactly one process' },
    { name: 'log', label: '**schmoozer/log**', note: 'lines of log, alone' },
    { name: 'many', label: '**schmoozer/many**', note: 'several endpoints' },
    {
      name: 'reconnectingWebSocket',
      label: '**schmoozer/reconnecting-websocket**',
      note: 'engine, connector and wake included',
    },
    {
      name: 'outbox',
      label: '**schmoozer/outbox**',
      note: 'messages kept until they are acknowledged',
    },
    { name: 'outboxFile', label: '**schmoozer/outbox-file**', note: 'the store in a file, alone' },
    {
      name: 'messages',
      label: '**schmoozer/messages**',
      note: 'the shared part of connectors for messages',
    },
    { name: 'sse', label: '**schmoozer/sse**', note: 'server-sent events' },
    { name: 'srv', label: '**schmoozer/srv**', note: 'endpoints from SRV records' },
    { name: 'tcp', label: '**schmoozer/tcp**', note: 'the connector alone' },
    { name: 'websocket', label: '**schmoozer/websocket**', note: 'the connector alone' },
    { name: 'runWebSocket', label: '**`run` and `webSocketConnector`**' },
    { name: 'explain', label: '**schmoozer/explain**', note: 'the reasons of the verdicts' },
    {
      name: 'inspect',
      label: '**schmoozer/inspect**',
      note: 'what sends states and events to an inspector, alone',
    },
    {
      name: 'testing',
      label: '**schmoozer/testing**',
      note: 'for tests; brings the chart with it',
    },
    { name: 'chart', label: 'XState: `setup`, `createActor`, `assign`' },
    { name: 'p-retry', label: 'p-retry', note: 'retries one call' },
    { name: 'async-retry', label: 'async-retry', note: 'retries one call' },
    {
      name: 'cockatiel',
      label: 'cockatiel: `retry`, `ExponentialBackoff`',
      note: 'retries one call',
    },
    { name: 'rxjs', label: 'rxjs: `defer`, `retry`, `timer`', note: 'retries one call' },
    { name: 'effect', label: 'effect: `retry`, `Schedule`', note: 'retries one call' },
    { name: 'partysocket', label: 'partysocket' },
    { name: 'reconnecting-websocket', label: 'reconnecting-websocket' },
    {
      name: 'socket.io-client',
      label: 'socket.io-client',
      note: 'with its own protocol, and fallbacks',
    },
  ],
  columns: [
    { metric: 'bytes', label: 'without XState', digits: 0 },
    { metric: 'withXStateBytes', label: 'with XState', digits: 0 },
  ],
  targets: [
    {
      label: 'bytes of `run` with all that it imports, minified and gzipped',
      limit: 10_500,
      digits: 0,
      value: (samples) => medianOf(samples, 'run', 'withXStateBytes'),
    },
  ],
  notes: 'note',
  rounds: 1,
  size: {},
  tiny: {},
  packages: [
    'esbuild',
    'p-retry',
    'async-retry',
    'cockatiel',
    'rxjs',
    'effect',
    'partysocket',
    'reconnecting-websocket',
    'socket.io-client',
  ],
  run: bundle,
};
