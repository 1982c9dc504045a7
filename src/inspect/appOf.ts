import type { InspectorApp } from './options.js';
import { cut, type Fields } from './pick.js';

/** The fields of Node's `process` that are read. */
interface Host {
  readonly pid?: number;
  readonly argv?: readonly string[];
}

/** Identifies this process: several processes may show actors with the same names. */
export function appOf(
  { name, version }: InspectorApp,
  host: Host | null = (globalThis as { readonly process?: Host }).process ?? null,
): Fields {
  // Only the name of the program's file, never its folder or its arguments.
  const program = host?.argv?.[1]?.split(/[\\/]/).at(-1);
  return { name: cut(name ?? program ?? ''), version: version && cut(version), pid: host?.pid };
}
