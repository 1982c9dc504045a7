import type { Metric, Registry, RegistryContentType } from 'prom-client';
import { InvalidOptionError } from 'schmoozer/compiled';

/** Registers all metrics or none. The returned function removes them again, but not metrics that have replaced them. */
export function registerAll(
  registry: Registry<RegistryContentType>,
  metrics: readonly Metric[],
): () => void {
  const registered: [name: string, metric: Metric][] = [];
  const unregister = () => {
    for (const [name, metric] of registered) {
      if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name);
    }
  };
  for (const metric of metrics) {
    const name = nameOf(metric);
    try {
      if (registry.getSingleMetric(name) !== undefined) throw taken(name);
      registry.registerMetric(metric);
      registered.push([name, metric]);
    } catch (error) {
      unregister();
      if (error instanceof InvalidOptionError) throw error;
      throw Object.assign(refused(name), { cause: error });
    }
  }
  return unregister;
}

/** The metric's name, which `prom-client` does not declare. */
function nameOf(metric: Metric): string {
  return (metric as unknown as { readonly name: string }).name;
}

function taken(name: string): InvalidOptionError {
  return new InvalidOptionError(
    'registry',
    `one without a metric named ${name}`,
    undefined,
    'a registry with this method',
  );
}

function refused(name: string): InvalidOptionError {
  return new InvalidOptionError(
    'registry',
    `one that accepts the metric ${name}`,
    undefined,
    'one that throws',
  );
}
