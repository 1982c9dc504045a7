import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Opens a file for reading and writing, and creates it if it is missing. */
export async function openOrMake(path: string): Promise<FileHandle> {
  const made = await open(path, 'a', 0o600);
  await made.close();
  return open(path, 'r+');
}

export async function writeAt(
  file: FileHandle,
  bytes: Uint8Array,
  position: number,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

/** Makes a new file name durable; where folders cannot be synchronised, as on Windows, the system does this itself. */
export async function syncFolderOf(path: string): Promise<void> {
  try {
    const folder = await open(dirname(path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch {
    // The file itself is already safe.
  }
}
