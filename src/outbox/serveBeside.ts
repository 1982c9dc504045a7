import { Continue, type ControlFlow, type RunContext } from '../core/connector.js';
import { whenAborted } from '../core/whenAborted.js';
import type { ServeRun } from './contract.js';

/** Creates a `run` that delivers messages until another `run` has settled; a failed delivery ends both. */
export function serveBeside<TConnection, TOutput = never>(
  deliver: (connection: TConnection, signal: AbortSignal) => Promise<void>,
  run: ServeRun<TConnection, TOutput> = untilAborted,
): ServeRun<TConnection, TOutput> {
  return (connection, session) =>
    new Promise((resolve, reject) => {
      const running = new AbortController();
      const delivering = new AbortController();
      const forget = whenAborted(session, (reason) => {
        delivering.abort(reason);
        running.abort(reason);
      });
      deliver(connection, delivering.signal).catch((error: unknown) => {
        running.abort(error);
        reject(error);
      });
      const { signal } = running;
      const settled = new Promise<ControlFlow<TOutput, unknown>>((started) =>
        started(run(connection, { signal, epoch: session.epoch })),
      );
      void settled.then(resolve, reject).finally(() => {
        forget();
        delivering.abort();
      });
    });
}

function untilAborted(_connection: unknown, session: RunContext): Promise<ControlFlow<never>> {
  return new Promise((resolve) => whenAborted(session, () => resolve(Continue())));
}
