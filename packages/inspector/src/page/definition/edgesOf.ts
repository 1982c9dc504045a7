import type { ChartEdge, ChartState, EdgeKind } from './chart.js';
import { few, type Fields, fields, list, nameOf, namesOf, short, text } from './fields.js';
import { invokesOf } from './invokesOf.js';
import { targetOf } from './targetOf.js';

/** The transitions in a state's config, in the order in which a machine considers them. */
export function edgesOf(
  source: ChartState,
  own: Fields,
  ids: ReadonlyMap<string, ChartState>,
  firstIndex: number,
): ChartEdge[] {
  const branches = triggersOf(own, source.id).flatMap(({ config, ...trigger }) =>
    list(config).map((branch) => ({
      trigger,
      config: typeof branch === 'string' ? { target: branch } : fields(branch),
    })),
  );
  return branches.map(({ trigger, config }: { trigger: Trigger; config: Fields }, i) => {
    const guard = nameOf(config['guard'] ?? config['cond']);
    return {
      ...trigger,
      index: firstIndex + i,
      source,
      targets: list(config['target']).flatMap((target) =>
        typeof target === 'string' ? (targetOf(source, target, ids) ?? []) : [],
      ),
      what: short(trigger.what),
      label: short(trigger.what) + (guard === undefined ? '' : ` [${short(guard)}]`),
      guard: guard === undefined ? undefined : short(guard),
      actions: few(namesOf(config['actions'])),
      description: short(text(config['description']) ?? '', 2000),
    };
  });
}

type Trigger = Pick<ChartEdge, 'eventType' | 'kind' | 'what' | 'delay'>;

/** The triggers of a state, each with the config of one or more transitions. */
function triggersOf(own: Fields, id: string): (Trigger & { readonly config: unknown })[] {
  const trigger = (
    config: unknown,
    kind: EdgeKind,
    eventType: string,
    what: string,
    delay?: string,
  ) => ({ config, kind, eventType, what, delay });
  return [
    ...Object.entries(fields(own['on'])).map(([type, config]) => {
      const [, kind, from] = /^xstate\.(done|error)\.(?:actor|state)\.(.+)$/.exec(type) ?? [];
      if (kind === 'done') return trigger(config, 'done', type, `${from} done`);
      if (kind === 'error') return trigger(config, 'error', type, `${from} failed`);
      return trigger(config, 'event', type, type === '*' ? 'any event' : type);
    }),
    ...invokesOf(own, id).flatMap(({ id: actor, name, config }) => [
      trigger(config['onDone'], 'done', `xstate.done.actor.${actor}`, `${name} done`),
      trigger(config['onError'], 'error', `xstate.error.actor.${actor}`, `${name} failed`),
      trigger(config['onSnapshot'], 'event', `xstate.snapshot.${actor}`, `${name} snapshot`),
    ]),
    trigger(own['onDone'], 'done', `xstate.done.state.${id}`, 'done'),
    ...Object.entries(fields(own['after'])).map(([delay, config]) => {
      const shown = /^\d+$/.test(delay) ? `${delay} ms` : delay;
      return trigger(config, 'after', `xstate.after.${delay}.${id}`, `after ${shown}`, delay);
    }),
    trigger(own['always'], 'always', '', 'always'),
  ];
}
