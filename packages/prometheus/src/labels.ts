import type { DiagnosticsFailure, LinkMessage } from 'schmoozer/diagnostics';

/** The label of values that share one series, because there were too many. */
export const OTHER = '_OTHER';

/** Matches a word such as `ECONNREFUSED`, but no text that a server has composed. */
const WORD = /^[\w.:-]{1,64}$/;

/** Maximum number of error types with their own series, because their number is multiplied by that of the servers. */
const MAX_ERROR_TYPES = 30;

export type ServerLabels = Readonly<
  Record<'server_address' | 'server_port' | 'network_protocol_name', string>
>;

/** The first values have their own label, all later ones share `_OTHER`. */
export class Labels {
  readonly #servers = new Map<string, ServerLabels>();
  readonly #keys = new Set<string>();
  readonly #errorTypes = new Set<string>();

  constructor(readonly max: number) {}

  /** Returns the same object for the same server. */
  server({ server, network }: LinkMessage): ServerLabels {
    const { address = '', port = '' } = server;
    const { name = '' } = network.protocol;
    const id = `${address}\n${port}\n${name}`;
    const known = this.#servers.get(id);
    if (known !== undefined) return known;
    const isOneTooMany = this.#servers.size >= this.max;
    if (isOneTooMany) return this.#otherServer;
    const labels = {
      server_address: address,
      server_port: String(port),
      network_protocol_name: name,
    };
    this.#servers.set(id, labels);
    return labels;
  }

  readonly #otherServer: ServerLabels = {
    server_address: OTHER,
    server_port: '',
    network_protocol_name: '',
  };

  /** The label of a limiter's key. */
  key(key: string): string {
    return bounded(this.#keys, this.max, key);
  }

  /** Returns the stable code, or else the name of the class; empty without an error. */
  errorType(error: DiagnosticsFailure | undefined): string {
    if (error === undefined) return '';
    const type = error.code ?? error.name;
    if (this.#errorTypes.has(type)) return type;
    return WORD.test(type) ? bounded(this.#errorTypes, MAX_ERROR_TYPES, type) : OTHER;
  }
}

function bounded(known: Set<string>, max: number, value: string): string {
  if (known.has(value)) return value;
  if (known.size >= max) return OTHER;
  known.add(value);
  return value;
}
