import { createParser as createOracle, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, createParser } from '../../../../src/connectors/sse/parser.js';

function parse(pieces: readonly string[], { maxEventLength = 1000, lastEventId = '' } = {}) {
  const blocks: Block[] = [];
  const retries: number[] = [];
  const parser = createParser({
    maxEventLength,
    lastEventId,
    onBlock: (block) => void blocks.push(block),
    onRetry: (delayMs) => void retries.push(delayMs),
  });
  for (const piece of pieces) parser(piece);
  return { blocks, retries };
}
const events = (text: string) =>
  parse([text])
    .blocks.filter(({ data }) => data !== undefined)
    .map(({ type, data, lastEventId }) => [type, data, lastEventId]);

// The behaviours that the tests of the web platform ask of an EventSource, in words and streams of our own.
describe('an event stream', () => {
  it.each<[string, string, unknown[]]>([
    ['data of several lines', 'data: a\ndata\ndata:b\n\n', [['message', 'a\n\nb', '']]],
    ['empty data, which is an event', 'data\n\n', [['message', '', '']]],
    [
      'one space after the colon, which is not of the value',
      'data:  a \n\n',
      [['message', ' a ', '']],
    ],
    ['a tab after the colon, which is of the value', 'data:\ta\n\n', [['message', '\ta', '']]],
    ['a colon in the value', 'data: a:b\n\n', [['message', 'a:b', '']]],
    ['comments', ': a\n:\ndata: b\n: c\n\n', [['message', 'b', '']]],
    ['fields that are none', 'Data: a\n data: b\ndata : c\ndataa: d\n\n', []],
    [
      'lines that end in CR, LF and CRLF',
      'data:a\rdata:b\ndata:c\r\n\r\n',
      [['message', 'a\nb\nc', '']],
    ],
    [
      'two line ends CR CR',
      'data:a\r\rdata:b\r\r',
      [
        ['message', 'a', ''],
        ['message', 'b', ''],
      ],
    ],
    [
      'a name',
      'event: x\ndata: a\n\ndata: b\n\n',
      [
        ['x', 'a', ''],
        ['message', 'b', ''],
      ],
    ],
    ['an empty name', 'event: x\nevent:\ndata: a\n\n', [['message', 'a', '']]],
    ['a name without data, which is no event', 'event: x\n\ndata: a\n\n', [['message', 'a', '']]],
    [
      'ids, which stay',
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        ['message', 'a', '1'],
        ['message', 'b', '1'],
      ],
    ],
    [
      'an empty id, which takes the last one back',
      'id: 1\ndata: a\n\nid\ndata: b\n\n',
      [
        ['message', 'a', '1'],
        ['message', 'b', ''],
      ],
    ],
    [
      'an id with NUL, which is ignored',
      'id: 1\ndata: a\n\nid: 2\u00003\ndata: b\n\n',
      [
        ['message', 'a', '1'],
        ['message', 'b', '1'],
      ],
    ],
    ['an id of any characters', 'id: …, ü 漢\ndata: a\n\n', [['message', 'a', '…, ü 漢']]],
    ['an event that has no end, which is none', 'data: a\n\ndata: b\n', [['message', 'a', '']]],
  ])('has %s', (_what, text, expected) => {
    expect(events(text)).toEqual(expected);
  });

  it('has an id without data: a block that is no event', () => {
    expect(parse(['id: 7\n\n']).blocks).toEqual([
      { type: 'message', data: undefined, lastEventId: '7' },
    ]);
  });

  it('goes on from the id of the stream before', () => {
    expect(parse(['data: a\n\n'], { lastEventId: '6' }).blocks).toEqual([
      { type: 'message', data: 'a', lastEventId: '6' },
    ]);
  });

  it('has `retry:`, of digits alone', () => {
    const text = 'retry: 10\nretry\nretry: -1\nretry: 1.5\nretry: 1e3\nretry: ٣\nretry:007\n';
    expect(parse([text]).retries).toEqual([10, 7]);
  });

  it('is the same in pieces of any kind', () => {
    const line = fc.constantFrom(
      'data: a',
      'data',
      'id: 1',
      'event: x',
      ': c',
      '',
      'retry: 5',
      'no',
    );
    const end = fc.constantFrom('\n', '\r', '\r\n');
    const text = fc
      .array(fc.tuple(line, end), { maxLength: 20 })
      .map((lines) => lines.flat().join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(100), { maxLength: 8 }), (whole, cuts) => {
        const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length];
        at.sort((a, b) => a - b);
        const pieces = at.slice(1).map((to, i) => whole.slice(at[i], to));
        expect(parse(pieces)).toEqual(parse([whole]));
        // What another implementation makes of it.
        const theirs: EventSourceMessage[] = [];
        const oracle = createOracle({ onEvent: (event) => void theirs.push(event) });
        oracle.feed(whole.replaceAll(/\r\n?/g, '\n'));
        expect(events(whole).map(([type, data]) => [type, data])).toEqual(
          theirs.map(({ event, data }) => [event ?? 'message', data]),
        );
      }),
    );
  });

  it.each([
    ['a line', ['data:12345', '\n'], ['data:12345', '6']],
    ['data', ['data:12345\n', 'data:6789\n\n'], ['data:12345\n', 'data:67890\n\n']],
  ])('must not have %s that is longer than `maxEventLength`', (_what, fits, tooLong) => {
    const limit = { maxEventLength: 10 };
    expect(() => parse(fits, limit)).not.toThrow();
    expect(() => parse(tooLong, limit)).toThrow('longer than `maxEventLength` (10)');
  });
});
