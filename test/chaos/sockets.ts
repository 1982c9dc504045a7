import { readFile } from 'node:fs/promises';

const ESTABLISHED = '01';
const SYN_SENT = '02';

/**
 * The ports to which the system has more than one connection, established or on its way; undefined where there is no such table,
 * as on all systems but Linux.
 */
export async function portsHeldTwice(ports: ReadonlySet<number>): Promise<number[] | undefined> {
  const first = await clientsOf(ports);
  const twice = [...(first ?? [])].filter(([, clients]) => clients.size > 1);
  if (first === undefined || twice.length === 0) return first && [];
  // The table changes while it is read: one connection may have ended, and the next have begun. Two that are there still were there at once.
  const again = await clientsOf(ports);
  return twice
    .filter(
      ([port, clients]) => [...clients].filter((one) => again?.get(port)?.has(one)).length > 1,
    )
    .map(([port]) => port);
}

/** The addresses that are connected to each port. */
async function clientsOf(
  ports: ReadonlySet<number>,
): Promise<Map<number, Set<string>> | undefined> {
  const found = new Map<number, Set<string>>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = await readFile(table, 'latin1');
    } catch {
      return undefined;
    }
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
      if (state !== ESTABLISHED && state !== SYN_SENT) continue;
      const port = Number.parseInt(remote.split(':')[1] as string, 16);
      if (ports.has(port)) found.set(port, (found.get(port) ?? new Set()).add(local));
    }
  }
  return found;
}
