import { describe, expect, it } from 'vitest';
import { exec, root } from '../../../../test/support/exec.js';
import { isPrometheusMissing } from '../support/prometheusServer.js';

const folder = `${root}packages/prometheus`;

describe.skipIf(isPrometheusMissing)('alerts.yml', () => {
  it('is taken by promtool', () => {
    const { status, stdout, stderr } = exec('promtool', ['check', 'rules', 'alerts.yml'], folder);
    expect(stderr).toBe('');
    expect(stdout).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it('fires when it should, and only then', () => {
    const args = ['test', 'rules', 'test/alerts.test.yml'];
    const { status, stdout, stderr } = exec('promtool', args, folder);
    expect(stdout + stderr).toContain('SUCCESS');
    expect(status).toBe(0);
  });
});
