import type { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { escapeControls } from 'schmoozer/explain';
import { type Output, StreamOutput } from './output.js';

/**
 * Writes received data to a terminal: at once, so that a prompt is visible, but as text. An escape sequence could
 * change the title, the clipboard, or earlier text.
 */
export class TerminalOutput implements Output {
  readonly #stream: StreamOutput;
  readonly #isRaw: boolean;
  #decoder = new StringDecoder('utf8');

  /** @param options.isRaw true to pass bytes unchanged */
  constructor(stream: Writable, { isRaw }: { isRaw: boolean }) {
    this.#stream = new StreamOutput(stream);
    this.#isRaw = isRaw;
  }

  write(chunk: Buffer): Promise<void> {
    return this.#stream.write(this.#isRaw ? chunk : asText(this.#decoder.write(chunk)));
  }

  async endSession(): Promise<number> {
    // The beginning of a character whose end did not arrive.
    await this.#stream.write(asText(this.#decoder.end()));
    this.#stream.endSession();
    return 0;
  }
}

/** Escapes control characters, except line ends and tabs. */
function asText(text: string): Buffer {
  return Buffer.from(text.replaceAll(/[^\t\n\r]+/g, escapeControls));
}
