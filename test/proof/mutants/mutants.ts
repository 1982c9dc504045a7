/** A mistake that somebody could make: one edit of the source. */
export interface Mutant {
  readonly name: string;
  /** Below src/. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

const chart = 'machine/chart.ts';
const updates = 'machine/updates.ts';
const guards = 'machine/guards.ts';
const delays = 'machine/delays.ts';

/** Each a line: name, file, what is found, what replaces it. */
const table: readonly (readonly [string, string, string, string])[] = [
  // guards and targets of the chart
  [
    'a fatal connect error is retried',
    chart,
    "          { guard: 'isFatal', target: 'stopped', actions: 'recordFatal' },\n          { target: 'waiting', actions: 'recordConnectFailure' },",
    "          { target: 'waiting', actions: 'recordConnectFailure' },",
  ],
  [
    'a failed connect ends the loop',
    chart,
    "{ target: 'waiting', actions: 'recordConnectFailure' }",
    "{ target: 'stopped', actions: 'recordConnectFailure' }",
  ],
  [
    'stableAfterMs 0 is not stable at once',
    chart,
    '#reconnect.running.stable',
    '#reconnect.running',
  ],
  [
    'a connection is not announced',
    chart,
    "{ target: 'running', actions: ['recordOpened', 'announceOpened'] }",
    "{ target: 'running', actions: ['recordOpened'] }",
  ],
  [
    'a timed-out connect is not told why',
    chart,
    "['abandonConnect', 'recordConnectTimeout']",
    "['recordConnectTimeout']",
  ],
  [
    'a timed-out connect is tried again without a wait',
    chart,
    "target: '#reconnect.waiting'",
    "target: '#reconnect.connecting'",
  ],
  ['stop does not abort connect', chart, "['recordStop', 'abortConnect']", "['recordStop']"],
  [
    'stop does not wait for connect',
    chart,
    "stop: { target: 'stopping', actions: ['recordStop', 'abortConnect'] }",
    "stop: { target: '#reconnect.stopped', actions: ['recordStop', 'abortConnect'] }",
  ],
  [
    'a late error of connect is dropped',
    chart,
    "            'xstate.error.actor.connect': {\n              target: '#reconnect.stopped',\n              actions: 'recordLateError',\n            },",
    "            'xstate.error.actor.connect': '#reconnect.stopped',",
  ],
  [
    'a Break of run is taken for Continue',
    chart,
    "        onDone: [\n          { guard: 'isBreak', target: 'stopped', actions: 'recordBreak' },\n          { target: 'waiting'",
    "        onDone: [\n          { target: 'waiting'",
  ],
  [
    'a fatal run error is retried',
    chart,
    "          { guard: 'isFatal', target: 'stopped', actions: 'recordFatal' },\n          { target: 'waiting', actions: 'recordSessionEnd' },",
    "          { target: 'waiting', actions: 'recordSessionEnd' },",
  ],
  ['the end of a session is not announced', chart, "exit: 'announceClosed',", ''],
  ['stop does not abort run', chart, "['recordStop', 'abortRun']", "['recordStop']"],
  [
    'stop does not wait for run',
    chart,
    "stop: { target: '.stopping', actions",
    "stop: { target: 'stopped', actions",
  ],
  [
    'the cause of a dropped session is not recorded',
    chart,
    "['recordReconnect', 'abortRun']",
    "['abortRun']",
  ],
  ['reconnect does not abort run', chart, "['recordReconnect', 'abortRun']", "['recordReconnect']"],
  ['a stable session does not reset the attempt', chart, "entry: 'resetAttempt',", ''],
  ['a session never becomes stable', chart, "after: { stableAfter: 'stable' },", ''],
  [
    'a run that ignores reconnect ends the loop',
    chart,
    "after: { gracePeriod: '#reconnect.connecting' }",
    "after: { gracePeriod: '#reconnect.stopped' }",
  ],
  [
    'a second reconnect starts the drain anew',
    chart,
    "            reconnect: {},\n            'xstate.done.actor.run': [",
    "            'xstate.done.actor.run': [",
  ],
  [
    'a Break while reconnecting is dropped',
    chart,
    "              { guard: 'isBreak', target: '#reconnect.stopped', actions: 'recordBreak' },\n",
    '',
  ],
  [
    'a fatal error while reconnecting is dropped',
    chart,
    "              { guard: 'isFatal', target: '#reconnect.stopped', actions: 'recordFatal' },\n",
    '',
  ],
  ['a second stop starts the drain anew', chart, '            stop: {},\n', ''],
  [
    'reconnect undoes a stop',
    chart,
    "            reconnect: {},\n            'xstate.done.actor.run': '#reconnect.stopped',",
    "            'xstate.done.actor.run': '#reconnect.stopped',",
  ],
  [
    'a late error of run is dropped',
    chart,
    "'xstate.error.actor.run': { target: '#reconnect.stopped', actions: 'recordLateError' }",
    "'xstate.error.actor.run': '#reconnect.stopped'",
  ],
  [
    'a run that ignores stop is waited for without end',
    chart,
    "          after: { gracePeriod: '#reconnect.stopped' },\n          on: {\n            stop: {},",
    '          on: {\n            stop: {},',
  ],
  [
    'a Break of retryDelay is waited out',
    chart,
    "            { guard: 'hasBroken', target: '#reconnect.stopped', actions: 'recordBrokenWait' },\n",
    '',
  ],
  [
    'a policy that gives up is waited out',
    chart,
    "            { target: '#reconnect.stopped', actions: 'recordGivenUp' },\n",
    "            { target: 'delaying', actions: 'announceRetry' },\n",
  ],
  [
    'a delay of 0 needs a timer',
    chart,
    "            { guard: 'isImmediate', target: '#reconnect.connecting', actions: 'announceRetry' },\n",
    '',
  ],
  [
    'a wait is not announced',
    chart,
    "{ guard: 'isDelayed', target: 'delaying', actions: 'announceRetry' }",
    "{ guard: 'isDelayed', target: 'delaying' }",
  ],
  ['stop does not tell retryDelay', chart, "['recordStop', 'abandonRetryDelay']", "['recordStop']"],
  [
    'reconnect does not tell retryDelay',
    chart,
    "reconnect: { target: '#reconnect.connecting', actions: 'abandonRetryDelay' }",
    "reconnect: { target: '#reconnect.connecting' }",
  ],
  [
    'a wait without an end ends',
    chart,
    "retryDelay: { guard: 'isBounded', target: '#reconnect.connecting' }",
    "retryDelay: { target: '#reconnect.connecting' }",
  ],
  [
    'reconnect does not skip the wait',
    chart,
    "            reconnect: '#reconnect.connecting',\n",
    '',
  ],
  [
    'stop does not end the wait',
    chart,
    "            stop: { target: '#reconnect.stopped', actions: 'recordStop' },\n",
    '',
  ],

  // updates
  ['a failure is not counted', updates, 'context.attempt + 1', 'context.attempt'],
  ['stability keeps the attempt', updates, '    attempt: 0,\n', ''],
  ['stability keeps the delay', updates, '    delayMs: 0,\n    countedDelayMs: 0,\n', ''],
  ['stability keeps the error', updates, '    lastError: undefined,\n', ''],
  ['stability keeps the down time', updates, '    downSinceMs: undefined,\n', ''],
  ['sessions are not numbered', updates, 'epoch: epoch + 1', 'epoch'],
  ['an error is not recorded', updates, '    lastError: rejection?.error,\n', ''],
  ['the down time starts anew at each failure', updates, 'context.downSinceMs ?? now', 'now'],
  ['a fatal error is not recorded', updates, ', lastError: error };', ' };'],
  ['a stop is not recorded as the cause', updates, "    requested: 'stop',\n", ''],
  ['an earlier command is taken for the cause', updates, ', requested: undefined };', ' };'],
  ['the reason of the abort is taken for an error', updates, 'isAbortReason(error) || ', ''],
  [
    'a try that does not count is counted',
    updates,
    'if (rejection?.consumesAttempt === false) {',
    'if (rejection?.consumesAttempt === undefined && rejection) {',
  ],
  [
    'a try that does not count is taken for the delay before',
    updates,
    'previousDelayMs: context.countedDelayMs',
    'previousDelayMs: context.delayMs',
  ],
  ['the floor of the delay is ignored', updates, 'rejection?.minDelayMs ?? 0', '0'],
  [
    'the delay before is not told',
    updates,
    'previousDelayMs: context.countedDelayMs',
    'previousDelayMs: 0',
  ],

  // guards, delays, reasons, announcements, inputs
  [
    'the reason of the abort is fatal',
    guards,
    'rejection.isFatal && !isAbortReason(rejection.error)',
    'rejection.isFatal',
  ],
  ['an AbortError is an error', guards, "error.name === 'AbortError' || ", ''],
  ['an error caused by the abort is an error', guards, ' || isOwnReason(error.cause)', ''],
  ['the reason itself is an error', guards, 'if (isOwnReason(error)) return true;', ''],
  ['StopRequested is an error', guards, 'error instanceof StopRequested || ', ''],
  ['ReconnectRequested is an error', guards, ' || error instanceof ReconnectRequested', ''],
  [
    'connect has the time of a drain',
    delays,
    'Redacted.value(settings).connectTimeoutMs',
    'Redacted.value(settings).gracePeriodMs',
  ],
  [
    'a drain has the time of connect',
    delays,
    'Redacted.value(settings).gracePeriodMs',
    'Redacted.value(settings).connectTimeoutMs',
  ],
  [
    'stability comes with the drain',
    delays,
    'Redacted.value(settings).stableAfterMs',
    'Redacted.value(settings).gracePeriodMs',
  ],
  ['a long delay fires at once', delays, 'clampTimer(delayMs)', 'delayMs'],
  [
    'reconnect is told as stop',
    'machine/actions.ts',
    'return new ReconnectRequested(',
    'return new StopRequested(',
  ],
  [
    'a timeout is told as stop',
    'machine/actions.ts',
    'return new ConnectTimeoutError(Redacted.value(context.settings).connectTimeoutMs)',
    'return new StopRequested()',
  ],
  [
    'a stop is not told as the cause',
    'machine/announce.ts',
    "  if (requested === 'stop') return 'stop';\n",
    '',
  ],
  [
    'an overdue run is not told',
    'machine/announce.ts',
    "lease?.state === 'taken' ? overdue() : rejectionOf(event)",
    'rejectionOf(event)',
  ],
  ['connect is told the session before', 'machine/actions.ts', 'epoch: epoch + 1', 'epoch'],

  // abort and lease
  [
    'connect is called before a stop can come',
    'actors/connectWork.ts',
    'void soon.then(() => {',
    '((now: () => void) => now())(() => {',
  ],
  [
    'connect is called after a stop has come',
    'actors/connectWork.ts',
    'if (task.isAborted) task.reject(new Rejection(task.reason, false));\n    else connect(Redacted.value(redacted), task);',
    'connect(Redacted.value(redacted), task);',
  ],
  [
    'a late connection is not released',
    'actors/connectWork.ts',
    '      releaseLate(lease, task);\n',
    '',
  ],
  [
    'a connection that comes while stopping is run',
    'actors/connectWork.ts',
    'if (!task.isAborted) {',
    'if (lease) {',
  ],
  [
    'a connection is not released after run',
    'actors/runWork.ts',
    'const closing = lease.release();',
    'const closing = undefined as Promise<void> | undefined;',
  ],
  [
    'a stopped run keeps its connection',
    'actors/runWork.ts',
    '  task.whenStopped(releaseUnseen);\n  const { connection',
    '  const { connection',
  ],
  [
    'a release leaves its timer behind',
    'actors/runWork.ts',
    '    clock.clearTimeout(timer);\n    settle();',
    '    settle();',
  ],
  [
    'a stop leaves the timer of a release behind',
    'actors/runWork.ts',
    '    clock.clearTimeout(timer);\n    task.releaseUnseen(lease);',
    '    task.releaseUnseen(lease);',
  ],
  [
    'a stopped actor does not abort its work',
    'actors/task.ts',
    '    this.abort(reason);\n    this.#isOver = true;',
    '    this.#isOver = true;',
  ],
  [
    'a connection is released twice',
    'actors/lease.ts',
    "if (this.#state === 'releasing' || this.#state === 'released') return this.#closing;",
    '',
  ],
  [
    'the question of retryDelay is not withdrawn',
    'actors/retryDelayWork.ts',
    '  task.whenStopped(() => pending.abort(task.reason));\n',
    '',
  ],

  // policy
  ['the floor is not applied to the answer', 'policy/decide.ts', 'Math.max(ms, minDelayMs)', 'ms'],
  [
    'fatal() is taken for retryable',
    'policy/classify.ts',
    'new Rejection(error.cause, true)',
    'new Rejection(error.cause, false)',
  ],
  [
    'retryable() is not unwrapped',
    'policy/classify.ts',
    'new Rejection(error.cause, false, error.delayMs, error.consumesAttempt)',
    'new Rejection(error, false, error.delayMs, error.consumesAttempt)',
  ],
  [
    'isRetryable is turned round',
    'policy/classify.ts',
    '!connector.isRetryable(error)',
    'connector.isRetryable(error)',
  ],
];

export const mutants: readonly Mutant[] = table.map(([name, file, find, replace]) => ({
  name,
  file,
  find,
  replace,
}));
