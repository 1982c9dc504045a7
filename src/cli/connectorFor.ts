import type { Connector } from '../connector.js';
import { tcpConnector } from '../connectors/tcp/tcpConnector.js';
import { fatal } from '../errors.js';
import type { Settings } from './parseArguments.js';
import { serve, type ServeOptions } from './serve.js';
import { speaksTls } from './speaksTls.js';
import { TcpWire, tlsExpected } from './tcpWire.js';

/** The connector for the scheme of the target. */
export function connectorFor(settings: Settings, options: ServeOptions): Connector<unknown, void> {
  return tcp(settings, options);
}

function tcp({ target, ca, insecure }: Settings, options: ServeOptions) {
  const { host, port, scheme } = target;
  const isPlain = scheme === 'tcp';
  let mayBeTls = isPlain;
  return tcpConnector<void>({
    host,
    port,
    tls: isPlain
      ? false
      : { rejectUnauthorized: insecure !== true, ...(ca !== undefined && { ca }) },
    // Typed lines are small and somebody waits for the answer.
    noDelay: true,
    keepAlive: true,
    async run(socket, { signal }) {
      const wire = new TcpWire(socket, { isPlain });
      const serving = serve(wire, signal, options);
      await serving.catch(() => {});
      // Many a TLS server hangs up on plain lines without a word: then it is asked, once.
      if (mayBeTls && wire.isUnanswered && !signal.aborted) {
        mayBeTls = false;
        if (await speaksTls(target, signal)) throw fatal(tlsExpected());
      }
      return serving;
    },
  });
}
