import { Break, Continue, type ControlFlow } from 'schmoozer';

export interface Script {
  connect(): Promise<object>;
  run(): Promise<ControlFlow<void, undefined>>;
}

const failure = new Error('down');

/** Refuses every other time, serves the rest at once, and breaks after so many sessions; does no I/O. */
export function script(sessions: number): Script {
  let calls = 0;
  let left = sessions;
  return {
    connect: () => (calls++ % 2 === 0 ? Promise.reject(failure) : Promise.resolve({})),
    run: () => Promise.resolve(--left <= 0 ? Break(undefined) : Continue()),
  };
}
