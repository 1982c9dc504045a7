// Prints the lines a server sends, through every outage: tsx examples/tcp-lines.ts localhost 7000
import { Break, Continue, run } from 'schmoozer';
import { lines, tcpConnector } from 'schmoozer/tcp';

const [host = 'localhost', port = '7000'] = process.argv.slice(2);

const client = tcpConnector<string>({
  host,
  port: Number(port),
  async run(socket, { signal, epoch }) {
    socket.write(`hello, this is session ${epoch}\n`);
    for await (const line of lines(socket, { signal })) {
      console.log(line);
      if (line === 'goodbye') return Break(line);
    }
    return Continue(); // the server ended the session: connect again
  },
});

const stop = new AbortController();
process.once('SIGINT', () => stop.abort('Ctrl-C'));
console.log(await run(client, { signal: stop.signal }));
