import { type AnyStateMachine, createMachine } from 'xstate';
import { Facade, type V4Event } from './facade.js';
import type { InspectedActor, InspectedEvent, MachineSnapshot } from './inspectedEvent.js';
import { v4EventName } from './names.js';
import { pick } from './pick.js';
import { v4Chart } from './v4Config.js';

/** The source of services for `@xstate/inspect`. */
export interface DevTools {
  /** True while a client watches. */
  readonly isWatched: boolean;
  register(service: Facade): void;
}

interface Known {
  readonly machine: AnyStateMachine;
  readonly delays: ReadonlyMap<string, string>;
}

/** Keeps one facade for each reported machine actor, which repeats what the actor does. */
export class Bridge {
  readonly #devTools: DevTools;
  readonly #allow: readonly string[];
  readonly #microsteps: boolean;
  readonly #machines = new WeakMap<object, Known>();
  readonly #facades = new Map<string, Facade>();

  constructor(devTools: DevTools, allow: readonly string[], microsteps: boolean) {
    this.#devTools = devTools;
    this.#allow = allow;
    this.#microsteps = microsteps;
  }

  follow(inspected: InspectedEvent): void {
    const actor = inspected.actorRef as InspectedActor;
    const config = actor.logic?.config;
    if (actor.logic === undefined || config === undefined || inspected.event === undefined) return;
    const known = this.#known(actor.logic, config, actor.id);
    const event = this.#event(inspected.event, known);
    switch (inspected.type) {
      case '@xstate.event':
        if (this.#devTools.isWatched) this.#facades.get(actor.sessionId)?.send(event);
        break;
      case '@xstate.microstep':
        if (this.#microsteps) this.#show(actor, known, inspected, event);
        break;
      case '@xstate.snapshot':
        this.#show(actor, known, inspected, event);
        if ((inspected.snapshot as MachineSnapshot).status !== 'active') this.#end(actor.sessionId);
        break;
    }
  }

  /** Ends all facades. */
  stop(): void {
    for (const sessionId of this.#facades.keys()) this.#end(sessionId);
  }

  #known(logic: object, config: object, id: string): Known {
    let known = this.#machines.get(logic);
    if (known === undefined) {
      const chart = v4Chart(config, id);
      const machine = createMachine({ ...chart.config, predictableActionArguments: true } as never);
      known = { machine, delays: chart.delays };
      this.#machines.set(logic, known);
    }
    return known;
  }

  #event(event: { readonly type: string }, { delays }: Known): V4Event {
    return { ...pick(event, this.#allow), type: v4EventName(event.type, delays) };
  }

  #show(actor: InspectedActor, known: Known, inspected: InspectedEvent, event: V4Event): void {
    const { value, context } = inspected.snapshot as MachineSnapshot;
    const { id, sessionId, _parent: parent } = actor;
    const state = { value, context: pick(context, this.#allow), event };
    const facade = this.#facades.get(sessionId);
    if (facade === undefined) {
      const names = { id, sessionId, parentId: parent?.sessionId };
      const made = new Facade(known.machine, names, state);
      this.#facades.set(sessionId, made);
      this.#devTools.register(made);
    } else facade.show(state, inspected, this.#devTools.isWatched);
  }

  #end(sessionId: string): void {
    this.#facades.get(sessionId)?.stop();
    this.#facades.delete(sessionId);
  }
}
