import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { OutboxLockedError } from './errors.js';

let drafts = 0;

/**
 * Takes `<path>.lock`, a file that names this process, and answers how to give it back. One that a killed process has
 * left is taken over.
 *
 * @throws OutboxLockedError when a process that lives has it, or takes it over
 */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const lock = `${path}.lock`;
  // A link to it, or its new name, is there with its content, or not at all.
  const draft = `${lock}.${process.pid}.${++drafts}`;
  await writeFile(draft, `${process.pid} ${await startOf(process.pid)}`);
  try {
    if (!(await isTaken(path, draft))) await takeOver(path, draft);
  } finally {
    await unless('ENOENT', unlink(draft));
  }
  return () => unlink(lock);
}

/** False when what has the lock is dead. */
async function isTaken(path: string, draft: string): Promise<boolean> {
  const lock = `${path}.lock`;
  // It may be given back between two looks, but not for ever.
  for (let looks = 0; looks < 100; looks += 1) {
    if (await linked(draft, lock)) return true;
    const holder = await unless('ENOENT', readFile(lock, 'utf8'));
    if (holder === undefined) continue;
    if (await isAlive(holder)) throw new OutboxLockedError(path, pidOf(holder));
    break;
  }
  return false;
}

/** Only who has the lock of the lock may replace it. */
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

/** False if there is such a file already. */
async function linked(from: string, to: string): Promise<boolean> {
  const done = link(from, to).then(() => true);
  return (await unless('EEXIST', done)) ?? false;
}

/** What the work answers; undefined if it fails with this code. */
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
