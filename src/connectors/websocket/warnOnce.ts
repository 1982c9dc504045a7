const warned = new Set<string>();

/** Emits a process warning once for each code, if the platform has a process. */
export function warnOnce(code: string, text: string): void {
  const { process } = globalThis as {
    process?: { emitWarning?(text: string, options: object): void };
  };
  if (warned.has(code) || process?.emitWarning === undefined) return;
  warned.add(code);
  process.emitWarning(text, { code });
}
