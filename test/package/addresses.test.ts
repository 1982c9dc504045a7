import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/exec.js';

/** Who may take a URL apart, and what for. All others show an address by `showAddress`. */
const mayLook: Readonly<Record<string, string>> = {
  'src/core/showAddress.ts': 'shows it',
  'src/compat/reconnectingWebSocket.ts':
    'makes a relative one whole, and finds the origin of messages',
  'src/connectors/sse/request.ts': 'takes the login out, which `fetch` refuses',
  'src/connectors/websocket/target.ts': 'finds a user, whom a class would ignore',
  'packages/cli/src/parseArguments.ts': 'finds a user, whom a header would override',
  'packages/cli/src/connectorFor.ts': 'hands all of it to the connector',
  'packages/cli/src/parseProxy.ts': 'finds host, port and login, to connect with',
  'packages/cli/src/parseTarget.ts': 'finds host and port, to connect to',
  'packages/inspect-v4/src/mayWatch.ts': 'compares an origin',
  'packages/inspect-v4/src/windowTools.ts': 'compares an origin',
};

const PARTS = /new URL\((?![^)]*import\.meta)|\.(?:href|pathname|search|hash|username|password)\b/;

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

it('no code takes an address apart to show it in its own way', () => {
  const files = ['src', 'packages/cli/src', 'packages/inspect-v4/src'].flatMap(filesIn);
  expect(files.length).toBeGreaterThan(100);
  const looking = files.filter((file) => PARTS.test(readFileSync(join(root, file), 'utf8')));
  expect(looking.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    Object.keys(mayLook).toSorted((a, b) => (a < b ? -1 : 1)),
  );
});
