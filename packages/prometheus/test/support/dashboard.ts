import { readFileSync } from 'node:fs';

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

export const dashboard = JSON.parse(
  readFileSync(new URL('../../dashboard.json', import.meta.url), 'utf8'),
) as Dashboard;

/** Its queries as Grafana sends them, with everything chosen. */
export function expressionsIn(interval: string): string[] {
  return dashboard.panels.flatMap(({ targets }) =>
    targets.map(({ expr }) =>
      expr.replaceAll('$__rate_interval', interval).replaceAll(/\$(?:job|server)/g, '.*'),
    ),
  );
}
