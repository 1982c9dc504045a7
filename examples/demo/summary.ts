import { colors, plural } from './narrator.js';
import { countResets, phases } from './phases.js';
import type { Record } from './record.js';
import type { ServerReport } from './server.js';

const { bold, dim, green, red } = colors;

/** What is still open in this process, by Node's count. */
export interface Leftovers {
  readonly sockets: number;
  readonly timers: number;
}

export function countLeftovers(): Leftovers {
  const resources = process.getActiveResourcesInfo();
  const count = (name: string) => resources.filter((it) => it === name).length;
  return {
    sockets: count('TCPSocketWrap') + count('TLSWrap') + count('TCPConnectWrap'),
    timers: count('Timeout'),
  };
}

/** Prints the table; returns false if anything was lost, left open or missing. */
export function summarize(record: Record, server: ServerReport, left: Leftovers): boolean {
  const seen = new Set(record.lines);
  const lost = server.sent.filter((line) => !seen.has(line));
  const isDouble = record.lines.length !== seen.size;
  const resets = countResets(record);
  const rows: [name: string, value: string, isGood: boolean][] = [
    ['attempts', `${record.attempts}, ${record.failures.length} of them failed`, true],
    [
      'sessions',
      `${record.sessions.length}, and ${plural(resets, 'connection')} reset at once; the server accepted ${server.accepted}`,
      record.sessions.length + resets === server.accepted,
    ],
    ['time down', `${(record.downMs / 1000).toFixed(2)} s`, true],
    [
      'lines',
      `${server.sent.length} sent, ${record.lines.length} received, ${lost.length} lost`,
      lost.length === 0 && !isDouble,
    ],
    [
      'left open',
      `${plural(left.sockets, 'socket')}, ${plural(left.timers, 'timer')} here; ${plural(server.open, 'connection')} at the server`,
      left.sockets + left.timers + server.open === 0,
    ],
  ];

  console.log(`\n${bold('Lived through')}`);
  const lived = Object.entries(phases).map(([name, { title, isLived }]) => {
    const isGood = isLived(record);
    console.log(`  ${tick(isGood)} ${name.padEnd(10)} ${dim(title)}`);
    return isGood;
  });
  console.log(`\n${bold('In sum')}`);
  for (const [name, value, isGood] of rows) {
    console.log(`  ${tick(isGood)} ${name.padEnd(10)} ${value}`);
  }
  for (const line of lost) console.log(`      ${red(`lost: "${line}"`)}`);

  const isGood = lived.every(Boolean) && rows.every((row) => row[2]);
  const verdict = isGood ? green('Nothing lost, nothing leaked.') : red('Something went wrong.');
  console.log(`\n${bold(verdict)}`);
  return isGood;
}

function tick(isGood: boolean): string {
  return isGood ? green('✓') : red('✗');
}
