import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { escapeControls } from 'schmoozer/explain';
import { type Output, StreamOutput } from './output.js';

/**
 * What the connection brings, on its way to a terminal: as it comes, so that a prompt is seen, but as text. An escape
 * sequence could change the title, the clipboard, or what was written before.
 */
export class TerminalOutput implements Output {
  readonly #stream: StreamOutput;
  readonly #isRaw: boolean;
  #decoder = new StringDecoder('utf8');

  /** @param options.isRaw whether bytes pass as they are */
  constructor(stream: Writable, { isRaw }: { isRaw: boolean }) {
    this.#stream = new StreamOutput(stream);
    this.#isRaw = isRaw;
  }

  write(chunk: Buffer): Promise<void> {
    return this.#stream.write(this.#isRaw ? chunk : asText(this.#decoder.write(chunk)));
  }

  async endSession(): Promise<number> {
    // The beginning of a character whose end did not come.
    await this.#stream.write(asText(this.#decoder.end()));
    this.#stream.endSession();
    return 0;
  }
}

/** Lines and tabs stay as they are. */
function asText(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[^\t\n\r]+/g, escapeControls));
}
