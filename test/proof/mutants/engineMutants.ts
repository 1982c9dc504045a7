/** A mistake in the compiled engine, or in what writes it: one piece of source text that is exchanged. */
export interface EngineMutant {
  readonly name: string;
  /** From the top of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Why no test can see it; absent for all that are to be killed. */
  readonly equivalent?: string;
}

const flattener = 'scripts/chart/flatten.ts';
const writer = 'scripts/chart/source.ts';
const link = 'src/compiled/link.ts';
const actor = 'src/compiled/linkActor.ts';
const logic = 'src/compiled/reconnectLogic.ts';
const task = 'src/compiled/linkTask.ts';
const snapshot = 'src/compiled/snapshot.ts';

export const engineMutants: readonly EngineMutant[] = [
  // What writes the steps: the comparison with XState sees it.
  {
    name: 'exits run from the outside in',
    file: flattener,
    find: '...exits.flatMap(exitOps), ...acts',
    replace: '...exits.toReversed().flatMap(exitOps), ...acts',
  },
  {
    name: 'entries run from the inside out',
    file: flattener,
    find: '...entries.toReversed().flatMap(entryOps)]',
    replace: '...entries.flatMap(entryOps)]',
  },
  {
    name: 'actions run before the exits',
    file: flattener,
    find: '...exits.flatMap(exitOps), ...acts',
    replace: '...acts, ...exits.flatMap(exitOps)',
  },
  {
    name: 'a transition leaves everything',
    file: flattener,
    find: 'upwards(to).find((node) => node !== to && isBelow(atom, node)) ?? root',
    replace: 'root',
  },
  {
    name: 'a timer is not cleared at an exit',
    file: flattener,
    find: 'return [...timers, ...childrenOf(node, invoke)',
    replace: 'return [...timers.slice(1), ...childrenOf(node, invoke)',
  },
  {
    name: 'a child starts before the entry actions',
    file: flattener,
    find: 'return [...actsOf(node, entry), ...timers, ...starts];',
    replace: 'return [...starts, ...actsOf(node, entry), ...timers];',
    equivalent: 'no state of the chart has both a child and something else at its entry',
  },
  {
    name: 'a timer is set before the entry actions',
    file: flattener,
    find: 'return [...actsOf(node, entry), ...timers, ...starts];',
    replace: 'return [...timers, ...actsOf(node, entry), ...starts];',
    equivalent: 'no state of the chart has both a timer and entry actions',
  },
  {
    name: 'the last branch is lost',
    file: flattener,
    find: 'return transitions.map((transition) => branchOf(atom, transition, root));',
    replace:
      'return transitions.slice(0, Math.max(1, transitions.length - 1)).map((transition) => branchOf(atom, transition, root));',
  },
  {
    name: 'effects come before the entry',
    file: writer,
    find: 'if (!this.#isBegin) return [enter, ...effects];',
    replace: 'if (!this.#isBegin) return [...effects, enter];',
  },
  {
    name: 'an abort is decided too late',
    file: writer,
    find: "const reason = local('reason', `abortReason('${action.child}', moment)`);\n        effects.push(`link.abort(${reason});`);",
    replace: "effects.push(`link.abort(abortReason('${action.child}', moment));`);",
    equivalent: 'the reason depends on the event, and on the lease, which no effect changes',
  },
  {
    name: 'a condition is inverted',
    file: writer,
    find: "return rest === 'true' ? `!${guard}(moment)`",
    replace: "return rest === 'true' ? `${guard}(moment)`",
  },
  // What runs them: the lockstep sees it.
  {
    name: 'a child that is over is stopped once more',
    file: link,
    find: 'if (task?.isOver === false) task.stop(new ActorStopped());',
    replace: 'task?.stop(new ActorStopped());',
  },
  {
    name: 'a timer is not cleared',
    file: link,
    find: 'else this.clock.clearTimeout(timer);',
    replace: 'else void timer;',
  },
  {
    name: 'a timer that has rung is cleared',
    file: link,
    find: '  ring(event: MachineEvent): void {\n    this.#timer = undefined;',
    replace: '  ring(event: MachineEvent): void {',
  },
  {
    name: 'every entry makes another snapshot',
    file: link,
    find: 'if (leaf === this.leaf) return;',
    replace: '',
  },
  {
    name: 'an update leaves the snapshot as it is',
    file: link,
    find: 'change(update: Update): void {\n    this.forgetSnapshot();',
    replace: 'change(update: Update): void {',
  },
  {
    name: 'an event is taken in the middle of a step',
    file: actor,
    find: "if (this.#phase === 'idle') {",
    replace: "if (this.#phase === 'idle' || this.#phase === 'busy') {",
  },
  {
    name: 'what waits is taken last first',
    file: actor,
    find: 'this.#rare?.queue?.shift()',
    replace: 'this.#rare?.queue?.pop()',
  },
  {
    name: 'a stop leaves what waits in the queue',
    file: actor,
    find: 'if (queue !== undefined) queue.length = isClosed ? Math.min(queue.length, 1) : 0;',
    replace: 'void isClosed;',
  },
  {
    name: 'a stop before the start empties the queue',
    file: actor,
    find: 'isClosed ? Math.min(queue.length, 1) : 0',
    replace: '(isClosed, 0)',
  },
  {
    name: 'a stop before the start is for ever',
    file: actor,
    find: "if (this.#phase === 'new') this.#phase = 'over';",
    replace: "if (this.#phase === 'new') this.#close();",
  },
  {
    name: 'observers hear of the end before the last snapshot',
    file: actor,
    find: '    this.#notify();\n    if (this.leaf.isFinal) this.#complete();',
    replace: '    if (this.leaf.isFinal) this.#complete();\n    this.#notify();',
  },
  {
    name: 'an event that means nothing is not told of',
    file: actor,
    find: '      if (step !== undefined) step(this, { context: this, event });',
    replace:
      "      if (step === undefined && !event.type.startsWith('xstate.error')) return;\n      if (step !== undefined) step(this, { context: this, event });",
  },
  {
    name: 'listeners to all come first',
    file: actor,
    find: "[...(all?.get(event.type) ?? []), ...(all?.get('*') ?? [])]",
    replace: "[...(all?.get('*') ?? []), ...(all?.get(event.type) ?? [])]",
  },
  {
    name: 'listeners that come meanwhile hear the event',
    file: actor,
    find: "for (const listener of [...(all?.get(event.type) ?? []), ...(all?.get('*') ?? [])]) {\n      listener(event);\n    }",
    replace:
      "for (const listener of all?.get(event.type) ?? []) listener(event);\n    for (const listener of all?.get('*') ?? []) listener(event);",
  },
  {
    name: 'observers that come meanwhile hear nothing',
    file: actor,
    find: 'for (const { next } of observers) next?.(snapshot);',
    replace: 'for (const { next } of [...observers]) next?.(snapshot);',
  },
  {
    name: 'listeners outlive the actor',
    file: actor,
    find: '    this.#rare.listeners = undefined;\n',
    replace: '',
    equivalent: 'an actor that is over emits nothing',
  },
  {
    name: 'a halt leaves the child alone',
    file: actor,
    find: '    this.forgetSnapshot();\n    this.stopChild();\n    this.#complete();',
    replace: '    this.forgetSnapshot();\n    this.#complete();',
  },
  {
    name: 'an unexpected error leaves the child alone',
    file: actor,
    find: '    this.stopChild();\n    this.#fail(error);',
    replace: '    this.#fail(error);',
  },
  {
    name: 'an actor that fails keeps its timer',
    file: actor,
    find: '    this.clearTimer();\n    if (this.#rare',
    replace: '    if (this.#rare',
  },
  {
    name: 'a rejection is told as a result',
    file: task,
    find: 'this.#link.hear({ type: this.#child.error, error });',
    replace: 'this.#link.hear({ type: this.#child.done, output: error });',
  },
  {
    name: 'a snapshot can do what the leaf knows, whatever guards say',
    file: snapshot,
    find: 'return conditions.get(event.type)?.({ context: this.context, event }) ?? true;',
    replace: 'void conditions; return true;',
  },
  {
    name: 'inside XState a signal fires at once',
    file: logic,
    find: 'this.#scope.defer(() => super.abort(reason));',
    replace: 'super.abort(reason);',
  },
  {
    name: 'inside XState an event is told at once',
    file: logic,
    find: 'this.#scope.defer(() => super.tell(event));',
    replace: 'super.tell(event);',
  },
  {
    name: 'inside XState a child is stopped at once',
    file: logic,
    find: 'this.#scope.defer(() => super.stopChild());',
    replace: 'super.stopChild();',
  },
  {
    name: 'inside XState a stop leaves the timer',
    file: logic,
    find: '    this.stopChild();\n    this.clearTimer();\n    this.#outcome',
    replace: '    this.stopChild();\n    this.#outcome',
  },
];
