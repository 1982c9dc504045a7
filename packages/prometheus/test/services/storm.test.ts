import { expect, it, onTestFinished } from 'vitest';
import { until } from '../../../../test/support/until.js';
import { expressionsIn } from '../support/dashboard.js';
import { isPrometheusMissing } from '../support/prometheusServer.js';
import { startStorm } from '../support/storm.js';

const LINKS = 300;
const PER_SECOND = 100;

const online = 'sum(schmoozer_connections{state="online"})';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly name: string; readonly health: string }[];
  }[];
}

interface Alerts {
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

it.skipIf(isPrometheusMissing)(
  'Prometheus sees 300 links lose their server and come back',
  async () => {
    const storm = await startStorm(LINKS, PER_SECOND);
    onTestFinished(() => storm[Symbol.asyncDispose]());
    const { prometheus } = storm;
    const is = async (query: string, expected: number) =>
      (await prometheus.number(query)) === expected;

    await until('all are online', () => is(online, LINKS));
    await until('all are stable', () => is('sum(schmoozer_connection_down_seconds_count)', LINKS));
    const attempts = 'sum by (error_type) (schmoozer_connection_attempts_total)';
    expect(await prometheus.query(attempts)).toHaveLength(1);

    storm.lose();
    await until('none is online', () => is(online, 0));
    await until('the alert waits for its time', async () => {
      const { alerts } = await prometheus.get<Alerts>('/api/v1/alerts');
      return alerts.some(({ labels }) => labels['alertname'] === 'SchmoozerAllDown');
    });
    await until('all have failed', async () => {
      const failed = 'sum(schmoozer_connection_attempts_total{error_type="ECONNREFUSED"})';
      return ((await prometheus.number(failed)) ?? 0) >= LINKS;
    });

    storm.restore();
    await until('all are back', () => is(online, LINKS));
    await until('all are stable', () =>
      is('sum(schmoozer_connection_down_seconds_count)', 2 * LINKS),
    );
    expect(await prometheus.number('sum(schmoozer_connections)')).toBe(LINKS);
    expect(
      await prometheus.number('sum(schmoozer_connection_duration_seconds_count{cause="lost"})'),
    ).toBe(LINKS);
    expect(await prometheus.number('max_over_time(schmoozer_limiter_pending[1m])')).toBeGreaterThan(
      0,
    );
    expect(await prometheus.number('schmoozer_limiter_rate')).toBe(PER_SECOND);
    const availability = await prometheus.number('schmoozer:availability:ratio_rate5m');
    expect(availability).toBeGreaterThan(0);
    expect(availability).toBeLessThan(1);

    const { groups } = await prometheus.get<Rules>('/api/v1/rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(0);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);

    // Nothing has ended, was restarted, set aside or given up here, no server is without a link, and there is no budget.
    const isQuiet = /links_ended|given_up|restarts|ejections|last_online|budget/;
    for (const expression of expressionsIn('10s')) {
      const series = await prometheus.query(expression);
      if (!isQuiet.test(expression)) expect(series, expression).not.toEqual([]);
    }
    expect(await storm.end()).toBe(0);
  },
);
