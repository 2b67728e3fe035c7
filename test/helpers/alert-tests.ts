import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlertName, alerts } from '../../framework/views/src/alerts.js';
import { type AlertCase, alertCases } from './alert-cases.js';

const { annotationsOf } = (await import(new URL('../../bin/alert-rules.mjs', import.meta.url).href)) as {
  annotationsOf(name: string, text: object): Record<string, string>;
};

/** What Prometheus' own tool finds wrong with rules when it runs the case of one alert: nothing, when they do as the case says. */
export function runCase(name: AlertName, rulesFile: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-rules-'));
  try {
    const file = join(folder, 'test.json');
    writeFileSync(file, JSON.stringify(testsOf(name, rulesFile)));
    const { status, stdout, stderr, error } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    });
    if (error) throw error;
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testsOf(name: AlertName, rulesFile: string): object {
  const one = alertCases[name];
  const { every = '30s', breaks, holds, at, over } = one;
  const quiet = (minute: number) => ({ eval_time: `${minute}m`, alertname: name, exp_alerts: [] });
  const fires = { eval_time: `${at}m`, alertname: name, exp_alerts: [expected(name, one)] };
  const step = Math.max(1, Math.floor(over / 60));
  const minutes = Array.from({ length: Math.floor(over / step) }, (_, index) => index * step);
  return {
    rule_files: [rulesFile],
    evaluation_interval: '30s',
    tests: [
      { interval: every, input_series: inputOf(breaks), alert_rule_test: [quiet(0), fires, quiet(over)] },
      { interval: every, input_series: inputOf(holds), alert_rule_test: [...minutes, at, over].map(quiet) },
    ],
  };
}

const inputOf = (series: AlertCase['breaks']) =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));

function expected(name: AlertName, { labels, value = '' }: AlertCase): object {
  const { severity, text } = alerts[name];
  const annotations = annotationsOf(name, text);
  const summary = annotations['summary']!.replaceAll(
    /\{\{ \$labels\.(\w+) \}\}/g,
    (_, label: string) => labels[label] ?? '',
  ).replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
  return { exp_labels: { ...labels, severity }, exp_annotations: { ...annotations, summary } };
}
