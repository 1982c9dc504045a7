import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import getExePath from '../../node_modules/typescript/lib/getExePath.js';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly items?: readonly unknown[] };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Hover {
  readonly contents: { readonly value: string };
}

/** TypeScript's language server: what an editor shows for a name. */
export class LanguageServer {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #buffer = Buffer.alloc(0);
  #lastId = 0;

  private constructor() {
    this.#process = spawn(getExePath(), ['--lsp', '--stdio']);
    this.#process.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#process.once('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the server has ended'));
    });
  }

  static async start(root: string): Promise<LanguageServer> {
    const server = new LanguageServer();
    const hover = { contentFormat: ['markdown'] };
    await server.#ask('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: { textDocument: { hover } },
    });
    server.#send({ method: 'initialized', params: {} });
    return server;
  }

  open(file: string): void {
    const text = readFileSync(file, 'utf8');
    const uri = pathToFileURL(file).href;
    this.#send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'typescript', version: 1, text } },
    });
  }

  /** As Markdown; line and character count from 0. */
  async hover(file: string, line: number, character: number): Promise<string> {
    const textDocument = { uri: pathToFileURL(file).href };
    const position = { line, character };
    const hover = await this.#ask('textDocument/hover', { textDocument, position });
    return (hover as Hover | null)?.contents.value ?? '';
  }

  async stop(): Promise<void> {
    await this.#ask('shutdown');
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#send({ method: 'exit' });
    await ended;
  }

  #ask(method: string, params?: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ id, method, params });
    });
  }

  #send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = this.#buffer.toString('latin1', 0, end);
      const from = end + 4;
      const to = from + Number(/Content-Length: (\d+)/i.exec(head)?.[1]);
      if (this.#buffer.length < to) return;
      const message = JSON.parse(this.#buffer.toString('utf8', from, to)) as Message;
      this.#buffer = this.#buffer.subarray(to);
      this.#take(message);
    }
  }

  #take({ id, method, params, result, error }: Message): void {
    if (id === undefined) return;
    if (method !== undefined) {
      // It asks for settings, which there are none of.
      this.#send({ id, result: params?.items?.map(() => null) ?? null });
      return;
    }
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}
