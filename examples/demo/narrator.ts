import type { ReconnectActor, ReconnectOutput } from 'schmoozer';
import pc from 'picocolors';
import { phases, type Phase } from './phases.js';

/** `NO_COLOR` is respected; a pipe or a file receives plain text, in CI as well. */
export const colors = pc.createColors(
  // A boolean, because picocolors would decide by itself for undefined, which is the value for a pipe.
  process.stdout.isTTY ? !process.env.NO_COLOR && process.env.TERM !== 'dumb' : false,
);

const { bold, cyan, dim, green, magenta, red, yellow } = colors;
const startMs = performance.now();

/** Prints one line of the story: time, state, event. */
export function tell(state: string, text: string): void {
  const seconds = ((performance.now() - startMs) / 1000).toFixed(2).padStart(6);
  console.log(`${dim(`${seconds} s`)}  ${state}  ${text}`);
}

export function tellPhase(phase: Phase): void {
  console.log(`\n${magenta('▌')} ${bold(phases[phase].title)}`);
}

const mark = {
  connecting: cyan('○ connecting'),
  running: green('● running   '),
  stable: green('● stable    '),
  closed: red('✗ closed    '),
  waiting: yellow('◌ waiting   '),
  stopping: dim('◍ stopping  '),
  stopped: dim('■ stopped   '),
};

/** Prints the events of the actor; call it before the start. */
export function narrate(actor: ReconnectActor<string>): void {
  actor.on('attempt.started', ({ attempt }) =>
    tell(mark.connecting, dim(`attempt ${attempt + 1}`)),
  );
  actor.on('connection.opened', ({ epoch }) => tell(mark.running, bold(`session ${epoch}`)));
  actor.on('connection.stable', () =>
    tell(mark.stable, 'the backoff starts again from its first delay'),
  );
  actor.on('connection.closing', ({ cause }) => {
    if (cause === 'stop') tell(mark.stopping, 'waits for the session to drain');
  });
  actor.on('link.ended', ({ output }) => tell(mark.stopped, outcome(output)));
  actor.on('connection.closed', ({ epoch, cause, error, releaseError }) => {
    const why = {
      continue: 'the server ended it',
      lost: 'the server ended it',
      break: 'the server said goodbye',
    }[cause as string];
    tell(mark.closed, `session ${epoch}: ${error ? describe(error) : (why ?? cause)}`);
    if (releaseError) tell(mark.closed, `its release failed: ${describe(releaseError)}`);
  });
  actor.on('retry.scheduled', ({ attempt, delayMs, error }) => {
    const why = error ? dim(` · ${describe(error)}`) : '';
    tell(
      mark.waiting,
      `${bold(`${Math.round(delayMs)} ms`.padStart(7))} after failure ${attempt}${why}`,
    );
  });
}

function outcome(output: ReconnectOutput): string {
  if (output.status === 'failed') return red(describe(output.error));
  return output.status === 'completed' ? `completed: ${String(output.value)}` : 'as asked';
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined || message?.includes(code)) return message ?? String(error);
  return message ? `${code}: ${message}` : code;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
