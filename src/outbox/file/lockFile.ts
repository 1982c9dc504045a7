import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { OutboxLockedError } from './errors.js';

let locks = 0;

/**
 * Takes `<path>.lock`, a file that names this process, and answers how to give it back. One that a killed process has
 * left is taken over.
 *
 * @throws OutboxLockedError when a process that lives has it
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  const draft = `${lock}.${process.pid}.${++locks}`;
  await writeFile(draft, `${process.pid} ${await startOf(process.pid)}`);
  try {
    // A link is there with its content, or not at all.
    while (!(await linked(draft, lock))) await takeAway(path, await holderOf(lock), draft);
  } finally {
    await unlink(draft);
  }
  return () => unlink(lock);
}

/** Takes a lock away from a holder that is dead. */
export async function takeAway(path: string, holder: string, draft: string): Promise<void> {
  if (await isAlive(holder)) throw new OutboxLockedError(path, pidOf(holder));
  const aside = `${draft}.stale`;
  await unlessMissing(rename(`${path}.lock`, aside));
  const taken = await holderOf(aside);
  // Another process has just taken the lock over: it has it.
  if (taken !== holder) await linked(aside, `${path}.lock`);
  await unlessMissing(unlink(aside));
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function holderOf(lock: string): Promise<string> {
  return (await unlessMissing(readFile(lock, 'utf8'))) ?? '';
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function pidOf(holder: string): number {
  return Number(holder.split(' ')[0]);
}

async function isAlive(holder: string): Promise<boolean> {
  const pid = pidOf(holder);
  // 0 would be this process's own group.
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it belongs to another user.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const start = await startOf(pid);
  return start === '' || holder === `${pid} ${start}`;
}

/** When a process began, where the system says so: its number may belong to another by now. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold spaces; the 22nd field is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string;
  } catch {
    return '';
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
