import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { OutboxLockedError } from './errors.js';

let drafts = 0;

/**
 * Creates `<path>.lock`, a file that names this process, and returns a function that removes it. A lock left by a
 * killed process is taken over.
 *
 * @throws OutboxLockedError when a living process has the lock, or is taking it over
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  // A link, or a renamed file, appears with its whole content or not at all.
  const draft = `${lock}.${process.pid}.${++drafts}`;
  await writeFile(draft, `${process.pid} ${await startOf(process.pid)}`);
  try {
    if (!(await isTaken(path, draft))) await takeOver(path, draft);
  } finally {
    await unless('ENOENT', unlink(draft));
  }
  return () => unlink(lock);
}

/** Returns false if the lock belongs to a dead process. */
async function isTaken(path: string, draft: string): Promise<boolean> {
  const lock = `${path}.lock`;
  // The lock may be released between two checks, but not indefinitely.
  for (let looks = 0; looks < 100; looks += 1) {
    if (await linked(draft, lock)) return true;
    const holder = await unless('ENOENT', readFile(lock, 'utf8'));
    if (holder === undefined) continue;
    if (await isAlive(holder)) throw new OutboxLockedError(path, pidOf(holder));
    break;
  }
  return false;
}

/** Replaces the lock; only the holder of the lock's own lock may do so. */
async function takeOver(path: string, draft: string): Promise<void> {
  const lock = `${path}.lock`;
  const release = await lockFile(lock);
  try {
    // Another process may have been faster.
    if (!(await isTaken(path, draft))) await rename(draft, lock);
  } finally {
    await release();
  }
}

/** Returns false if the file already exists. */
async function linked(from: string, to: string): Promise<boolean> {
  const done = link(from, to).then(() => true);
  return (await unless('EEXIST', done)) ?? false;
}

/** Returns the result of the work; undefined if it fails with this code. */
async function unless<T>(code: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === code) return undefined;
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

/** The start time of a process, if the system provides it: the process number may have been reused. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may contain spaces; the 22nd field is the 20th after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string;
  } catch {
    return '';
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
