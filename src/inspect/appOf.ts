import type { InspectorApp } from './options.js';
import { cut, type Fields } from './pick.js';

/** The part of Node's `process` that is read. */
interface Host {
  readonly pid?: number;
  readonly argv?: readonly string[];
}

/** Which process this is: several of them may show actors of the same names. */
export function appOf(
  { name, version }: InspectorApp,
  host: Host | null = (globalThis as { readonly process?: Host }).process ?? null,
): Fields {
  // The name of the program's file, never its folder or its arguments.
  const program = host?.argv?.[1]?.split(/[\\/]/).at(-1);
  return { name: cut(name ?? program ?? ''), version: version && cut(version), pid: host?.pid };
}
