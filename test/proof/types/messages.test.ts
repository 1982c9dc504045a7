import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, tool } from '../../support/exec.js';

const fixtures = 'test/proof/types/fixtures';

/** What the compiler says first and last; between the two stands how it got from one to the other. */
const messages: Record<string, readonly [first: string, last?: string]> = {
  missingConnect: [
    "TS2741: Property 'connect' is missing in type '{ run: () => Promise<Break<undefined>>; }' but required in type 'Connector<unknown, undefined>'.",
  ],
  missingRun: [
    "TS2741: Property 'run' is missing in type '{ connect: () => Promise<number>; }' but required in type 'Connector<number, void>'.",
  ],
  bareRunValue: [
    "TS2322: Type 'Promise<string>' is not assignable to type 'RunAnswer<void>'.",
    "Type 'string' is not assignable to type 'ContinueOrBreak<void>'.",
  ],
  forgottenContinue: [
    "TS2322: Type '(connection: number) => Promise<void>' is not assignable to type '(connection: number, session: RunContext) => RunAnswer<void>'.",
    "Type 'void' is not assignable to type 'ContinueOrBreak<void>'.",
  ],
  partlyForgottenContinue: [
    "TS2322: Type '(connection: number) => Promise<Continue<undefined> | undefined>' is not assignable to type '(connection: number, session: RunContext) => RunAnswer<void>'.",
    "Type 'undefined' is not assignable to type 'ContinueOrBreak<void>'.",
  ],
  forgottenPromise: [
    "TS2322: Type '(connection: number) => void' is not assignable to type '(connection: number, session: RunContext) => RunAnswer<void>'.",
    "Type 'void' is not assignable to type 'RunAnswer<void>'.",
  ],
  wrongConnection: [
    "TS2322: Type '(connection: string) => Promise<Break<undefined>>' is not assignable to type '(connection: number, session: RunContext) => RunAnswer<void>'.",
    "Type 'number' is not assignable to type 'string'.",
  ],
  stringAsRetryDelay: [
    "TS2322: Type '() => string' is not assignable to type '(failure: FailureContext) => PromiseLike<RetryDelay<undefined>> | RetryDelay<undefined>'.",
    "Type 'string' is not assignable to type 'PromiseLike<RetryDelay<undefined>> | RetryDelay<undefined>'.",
  ],
  breakValueOfRun: [
    "TS2322: Type 'string | 0' is not assignable to type 'number'.",
    "Type 'string' is not assignable to type 'number'.",
  ],
  breakValueOfActor: [
    "TS2322: Type 'string | 0' is not assignable to type 'number'.",
    "Type 'string' is not assignable to type 'number'.",
  ],
  connectionOfLink: ["TS2322: Type 'number' is not assignable to type 'string'."],
  connectionOfCompiledLink: [
    `TS2322: Type 'number | ""' is not assignable to type 'string'.`,
    "Type 'number' is not assignable to type 'string'.",
  ],
  stringAsTimeout: ["TS2322: Type 'string' is not assignable to type 'number'."],
  stringAsBackoffBase: ["TS2322: Type 'string' is not assignable to type 'number'."],
  redactedNumber: [
    "TS2345: Argument of type 'number' is not assignable to parameter of type 'AnyConnector'.",
  ],
  redactedFactory: [
    "TS2345: Argument of type '() => { connect: () => Promise<number>; run: () => Promise<Continue<undefined>>; }' is not assignable to parameter of type 'AnyConnector'.",
  ],
  redactedElsewhere: [
    "TS2322: Type 'Redacted<string>' is not assignable to type 'AnyConnector | Redacted<AnyConnector>'.",
    "Type 'string' is not assignable to type 'AnyConnector'.",
  ],
  misspeltAction: [
    'TS2561: Object literal may only specify known properties, but \'announceOpend\' does not exist in type \'MachineImplementationsActions<ResolvedStateMachineTypes<ReconnectContext, ReconnectCommand, OwnActor<"connect"> | OwnActor<"retryDelay"> | OwnActor<"run">, ... 4 more ..., ReconnectEmitted>>\'. Did you mean to write \'announceOpened\'?',
  ],
  misspeltGuard: [
    'TS2561: Object literal may only specify known properties, but \'isFtal\' does not exist in type \'MachineImplementationsGuards<ResolvedStateMachineTypes<ReconnectContext, ReconnectCommand, OwnActor<"connect"> | OwnActor<"retryDelay"> | OwnActor<"run">, ... 4 more ..., ReconnectEmitted>>\'. Did you mean to write \'isFatal\'?',
  ],
  misspeltDelay: [
    'TS2561: Object literal may only specify known properties, but \'gracePeriodMs\' does not exist in type \'MachineImplementationsDelays<ResolvedStateMachineTypes<ReconnectContext, ReconnectCommand, OwnActor<"connect"> | OwnActor<"retryDelay"> | OwnActor<"run">, ... 4 more ..., ReconnectEmitted>>\'. Did you mean to write \'gracePeriod\'?',
  ],
  misspeltActor: [
    'TS2561: Object literal may only specify known properties, but \'conect\' does not exist in type \'MachineImplementationsActors<ResolvedStateMachineTypes<ReconnectContext, ReconnectCommand, OwnActor<"connect"> | OwnActor<"retryDelay"> | OwnActor<"run">, ... 4 more ..., ReconnectEmitted>>\'. Did you mean to write \'connect\'?',
  ],
  providedActor: [
    "TS2375: Type 'PromiseActorLogic<string, any, any>' is not assignable to type 'ConnectorLogic' with 'exactOptionalPropertyTypes: true'. Consider adding 'undefined' to the types of the target's properties.",
    "Property 'callsTheConnector' is missing in type 'ActorLogic<PromiseSnapshot<string, any>, { [k: string]: unknown; type: string; }, any, AnyActorSystem, any>' but required in type 'ConnectorLogic'.",
  ],
  boundToNumber: ["TS2322: Type 'number' is not assignable to type 'Connector<unknown, void>'."],
  misspeltOption: [
    "TS2561: Object literal may only specify known properties, but 'conectTimeoutMs' does not exist in type 'RunOptions'. Did you mean to write 'connectTimeoutMs'?",
  ],
  misspeltGroupEvent: [
    `TS2345: Argument of type '"link.addd"' is not assignable to parameter of type '"*" | "attempt.aborted" | "attempt.failed" | "attempt.started" | "connection.closed" | "connection.closing" | "connection.opened" | "connection.queued" | "connection.stable" | ... 9 more ... | "retry.scheduled"'.`,
  ],
  misspeltLinkOption: [
    "TS2561: Object literal may only specify known properties, but 'prioriti' does not exist in type 'LinkOptions'. Did you mean to write 'priority'?",
  ],
  misspeltOutboxOption: [
    "TS2561: Object literal may only specify known properties, but 'maxItem' does not exist in type 'OutboxOptions<unknown, unknown>'. Did you mean to write 'maxItems'?",
  ],
  misspeltAck: [
    `TS2322: Type '"eech"' is not assignable to type '"cumulative" | "each" | "send"'.`,
  ],
  outboxMessage: ["TS2322: Type 'number' is not assignable to type 'string'."],
  outboxConnection: [
    "TS2322: Type 'ServeRun<WebSocket, void>' is not assignable to type '(connection: number, session: RunContext) => RunAnswer<void>'.",
    "Type 'number' is not assignable to type 'WebSocket'.",
  ],
  outboxForgottenContinue: [
    "TS2345: Argument of type '(socket: WebSocket) => Promise<void>' is not assignable to parameter of type 'ServeRun<WebSocket, never>'.",
    "Type 'void' is not assignable to type 'ContinueOrBreak<never>'.",
  ],
  correct: [''],
};

/** The lines of each error, by the name of its file. */
const said = new Map<string, string[]>();

beforeAll(() => {
  const { stdout } = tool('tsc', ['-p', fixtures, '--pretty', 'false']);
  let current: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [, place, message] = /^(\S+)\(\d+,\d+\): error (.*)$/.exec(line) ?? [];
    if (place !== undefined && message !== undefined) {
      const name = place.replace(`${fixtures}/`, '').replace('.ts', '');
      current = said.get(name) ?? [];
      said.set(name, current);
      current.push(message);
    } else current.push(line.trim());
  }
}, 60_000);

describe('the compiler', () => {
  it('is given every fixture', () => {
    const files = readdirSync(root + fixtures).filter((file) => file.endsWith('.ts'));
    expect(files.map((file) => file.replace('.ts', '')).toSorted()).toEqual(
      Object.keys(messages).toSorted(),
    );
  });

  it.each(Object.entries(messages))('says of %s what is pinned', (name, [first, last = first]) => {
    const lines = said.get(name) ?? [''];
    expect(lines[0]).toBe(first);
    expect(lines.at(-1)).toBe(last);
    expect(lines.filter((line) => line.startsWith('TS')).length).toBe(first === '' ? 0 : 1);
  });

  it.each([
    ['forgottenContinue', 4],
    ['partlyForgottenContinue', 5],
    ['forgottenPromise', 2],
    ['outboxForgottenContinue', 4],
  ])('needs for %s no more than %i lines', (name, lines) => {
    expect(said.get(name)).toHaveLength(lines);
  });

  it('says nothing of other files', () => {
    expect([...said.keys()].filter((name) => !(name in messages))).toEqual([]);
  });
});
