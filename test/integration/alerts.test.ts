import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type AlertName, alerts } from '../../framework/views/src/alerts.js';
import { runCase } from '../helpers/alert-tests.js';

const rulesFile = fileURLToPath(new URL('../../deploy/observability/rules.yml', import.meta.url));

describe('the rules for Prometheus', () => {
  it('are what its own tool takes', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', rulesFile], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('SUCCESS');
  });

  it.each(Object.keys(alerts) as AlertName[])('have %s fire, not fire just below, and be over', (name) => {
    expect(runCase(name, rulesFile)).toBe('');
  });
});
