import { type Link, startLink } from '../chaos/fleet.js';
import type { SessionRecord } from '../chaos/records.js';
import { traits } from '../chaos/records.js';

/** Links of every kind, straight to the servers, and what was seen of them. */
export function startLinks(count: number, ports: { readonly tcp: number; readonly ws: number }) {
  const seen = { sessions: [] as SessionRecord[], disorder: 0, ended: 0 };
  const links: Link[] = Array.from({ length: count }, (_, number) =>
    // Names are looked up by chance: an address serves here.
    startLink(number * 5, ports[traits(number * 5).kind], 1, {
      stable() {},
      session: (record) => void seen.sessions.push(record),
      disorder: () => void seen.disorder++,
      ended: () => void seen.ended++,
    }),
  );
  return { links, seen };
}
