import { Break, type Connector, Continue, fatal } from 'schmoozer';
import {
  type ModelTestConfig,
  type ScriptedConnection,
  scriptedConnector,
  type ScriptedConnector,
} from 'schmoozer/testing';

const refused = new Error('refused');

type Config<TWorld> = ModelTestConfig<TWorld, ScriptedConnection, unknown>;

/** A world with a script in it. */
export interface Scripted {
  readonly script: ScriptedConnector;
}

export const newScript = () => scriptedConnector({ closed: true, probe: true });

/** The script's connector, which ends as it is told to. */
export function obedient({ connector }: ScriptedConnector): Connector<ScriptedConnection, unknown> {
  const untilAborted = <T>(work: PromiseLike<T>, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      work.then(resolve, reject);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return {
    ...connector,
    connect: (attempt) => untilAborted(connector.connect(attempt), attempt.signal),
    run: (connection, session) => untilAborted(connector.run(connection, session), session.signal),
  };
}

/** What a script provokes, and how many connections it has. */
export const scripted = <TWorld extends Scripted>() =>
  ({
    connector: ({ script }) => obedient(script),
    outcomes: {
      'connect.ok': ({ script }) => script.connects.at(-1)?.resolve(),
      'connect.retryable': ({ script }) => script.connects.at(-1)?.reject(refused),
      'connect.fatal': ({ script }) => script.connects.at(-1)?.reject(fatal(refused)),
      'run.continue': ({ script }) => script.runs.at(-1)?.resolve(Continue()),
      'run.break': ({ script }) => script.runs.at(-1)?.resolve(Break()),
      'run.throws': ({ script }) => script.runs.at(-1)?.reject(refused),
      'run.fatal': ({ script }) => script.runs.at(-1)?.reject(fatal(refused)),
      'run.lost': ({ script }) => script.closes.at(-1)?.reject(refused),
    },
    resources: { connections: ({ script }) => script.live },
  }) satisfies Partial<Config<TWorld>>;
