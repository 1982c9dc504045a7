import { EventTooLongError } from './errors.js';

/** The content of a block of lines. */
export interface Block {
  /** The name in `event:`; `message` if there is none. */
  readonly type: string;
  /** The lines of `data:`; undefined for a block without any, which is not an event. */
  readonly data: string | undefined;
  /** The last id in the stream, in this block or before it. */
  readonly lastEventId: string;
}

export interface ParserOptions {
  /** Maximum length of a line, and of an event's data, in UTF-16 code units. */
  readonly maxEventLength: number;
  /** The last id of the previous stream. */
  readonly lastEventId: string;
  readonly onBlock: (block: Block) => void;
  readonly onRetry: (delayMs: number) => void;
}

/** Creates a parser of event streams (HTML Standard, 9.2.6) for decoded text, which may arrive in any pieces. */
export function createParser(options: ParserOptions): (text: string) => void {
  const { maxEventLength, onBlock, onRetry } = options;
  let { lastEventId } = options;
  let type = '';
  let data: string[] = [];
  let dataLength = 0;
  // The pieces of an unfinished line, joined only once.
  let pieces: string[] = [];
  let lineLength = 0;
  let isAfterReturn = false;

  const check = (length: number) => {
    if (length > maxEventLength) throw new EventTooLongError(maxEventLength);
  };
  const keep = (piece: string) => {
    lineLength += piece.length;
    check(lineLength);
    pieces.push(piece);
  };
  const dispatch = () => {
    onBlock({
      type: type || 'message',
      data: data.length > 0 ? data.join('\n') : undefined,
      lastEventId,
    });
    type = '';
    data = [];
    dataLength = 0;
  };
  const readLine = (line: string) => {
    if (line === '') return dispatch();
    const [name] = line.split(':', 1);
    const value = line.slice((name as string).length + 1).replace(/^ /, '');
    if (name === 'data') {
      dataLength += value.length + 1;
      check(dataLength - 1);
      data.push(value);
    } else if (name === 'event') type = value;
    else if (name === 'id' && !value.includes('\0')) lastEventId = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) onRetry(Number(value));
  };

  return (text) => {
    if (text === '') return;
    const rest = isAfterReturn && text.startsWith('\n') ? text.slice(1) : text;
    isAfterReturn = text.endsWith('\r');
    let start = 0;
    for (const { 0: end, index } of rest.matchAll(/\r\n?|\n/g)) {
      keep(rest.slice(start, index));
      start = index + end.length;
      const line = pieces.join('');
      pieces = [];
      lineLength = 0;
      readLine(line);
    }
    keep(rest.slice(start));
  };
}
