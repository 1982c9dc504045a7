const warned = new Set<string>();

/** Tells the process once for each code, where there is one to tell. */
export function warnOnce(code: string, text: string): void {
  const { process } = globalThis as {
    process?: { emitWarning?(text: string, options: object): void };
  };
  if (warned.has(code) || process?.emitWarning === undefined) return;
  warned.add(code);
  process.emitWarning(text, { code });
}
