import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { listening } from './loopback.js';

/** Who was let in, and when, by `performance.now`. */
export interface Entry {
  readonly fence: number;
  readonly who: string;
  readonly atMs: number;
}

export interface FencedServer {
  readonly port: number;
  readonly entries: readonly Entry[];
  /** What was refused, as its fencing number was too low. */
  readonly refused: readonly string[];
  /** How often a session came in while another was still open. */
  readonly overlaps: number;
  /** How often each process has done work in its session. */
  readonly work: ReadonlyMap<string, number>;
}

/**
 * A server that serves whoever has the greatest fencing number: a session says `fence who`, then `work` again and again.
 * One with a lower number is refused; a greater one ends the session before it.
 */
export async function fencedServer(): Promise<FencedServer> {
  const entries: Entry[] = [];
  const refused: string[] = [];
  const work = new Map<string, number>();
  let overlaps = 0;
  let greatest = 0;
  let current: Socket | undefined;

  const enter = (socket: Socket, fence: number, who: string) => {
    if (!(fence > greatest)) {
      refused.push(who);
      socket.destroy();
      return;
    }
    greatest = fence;
    if (current !== undefined) {
      overlaps += 1;
      current.destroy();
    }
    current = socket;
    entries.push({ fence, who, atMs: performance.now() });
    socket.write('welcome\n');
  };
  const server = createServer((socket) => {
    let who: string | undefined;
    const leave = () => {
      if (current === socket) current = undefined;
    };
    // A member that is killed resets its connection: readline emits that again.
    const ignore = () => {};
    socket.on('end', leave).on('close', leave).on('error', ignore);
    const lines = createInterface(socket).on('error', ignore);
    lines.on('line', (line) => {
      if (who !== undefined) {
        if (current === socket) work.set(who, (work.get(who) ?? 0) + 1);
        return;
      }
      const [fence, name] = line.split(' ');
      who = name as string;
      enter(socket, Number(fence), who);
    });
  });
  return {
    port: await listening(server),
    entries,
    refused,
    work,
    get overlaps() {
      return overlaps;
    },
  };
}
