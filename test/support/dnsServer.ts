import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode, type Question, RECURSION_AVAILABLE } from 'dns-packet';
import { onTestFinished } from 'vitest';

/** What a name answers: records, `NXDOMAIN`, or nothing at all. */
export type Reply = readonly Answer[] | 'NXDOMAIN' | undefined;

export interface DnsServer {
  /** For `servers`: `127.0.0.1:port`. */
  readonly address: string;
  readonly questions: Question[];
  reply: (question: Question) => Reply;
}

const NXDOMAIN = 3;

/** A real DNS server on a free UDP port of loopback; it is gone when the test is over. */
export async function dnsServer(reply: DnsServer['reply'] = () => []): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: Question[] = [];
  const server: DnsServer = { address: '', questions, reply };
  socket.on('message', (message, from) => {
    const { id = 0, questions: asked = [] } = decode(message);
    const [question] = asked;
    if (question === undefined) return;
    questions.push(question);
    const answers = server.reply(question);
    if (answers === undefined) return;
    const isMissing = answers === 'NXDOMAIN';
    const packet = encode({
      type: 'response',
      id,
      flags: RECURSION_AVAILABLE | (isMissing ? NXDOMAIN : 0),
      questions: asked,
      answers: isMissing ? [] : [...answers],
    });
    socket.send(packet, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return Object.assign(server, { address: `127.0.0.1:${socket.address().port}` });
}

/** An SRV record. */
export function srv(target: string, port: number, priority = 0, weight = 0): Answer {
  return { type: 'SRV', name: 'service', data: { target, port, priority, weight } };
}
