import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type Alert,
  type AlertText,
  alerts,
  alertsInChinese,
  recordings,
} from '../framework/views/src/alerts.js';
import { columnsOf, type ViewName, viewNames } from '../framework/views/src/views.js';
import { alertCases } from './helpers/alert-cases.js';

type Table = Readonly<Record<string, Alert>>;
type Texts = Readonly<Record<string, AlertText>>;

const bin = async <M>(name: string) => (await import(new URL(`../bin/${name}`, import.meta.url).href)) as M;
const { alertRules, alertmanagerFile } = await bin<{
  alertRules(recordings: Readonly<Record<string, string>>, alerts: Table): string;
  alertmanagerFile(alerts: Table): string;
}>('alert-rules.mjs');
const { alertsPage } = await bin<{
  alertsPage(language: 'en' | 'zh', alerts: Table, texts: Texts): string;
}>('alerts-page.mjs');

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const table: Table = alerts;
const texts: Texts = Object.fromEntries(Object.entries(table).map(([name, { text }]) => [name, text]));
const inChinese: Texts = alertsInChinese;

/** Names of metrics in an expression: recordings have colons. */
const metricsOf = (expression: string) => expression.match(/\b(?:pomelo|process)[_:][\w:]+/g) ?? [];

describe('the table of alerts', () => {
  it('is what rules and pages say (npm run docs)', () => {
    expect(read('deploy/observability/rules.yml')).toBe(alertRules(recordings, table));
    expect(read('deploy/observability/alertmanager.yml')).toBe(alertmanagerFile(table));
    expect(read('docs/reference/alerts.md')).toBe(alertsPage('en', table, texts));
    expect(read('docs/zh/alerts.md')).toBe(alertsPage('zh', table, inChinese));
  });

  it('asks for nothing that is not measured', () => {
    const page = read('docs/reference/metrics.md');
    const known = new Set([...page.matchAll(/^\| `[^`]+` \| `([^`]+)` \| (\w+)/gm)].flatMap(namesOf));
    known.add('pomelo_exposition_left_out');
    for (const name of Object.keys(recordings)) known.add(name);
    const expressions = [...Object.values(recordings), ...Object.values(table).map((one) => one.expression)];
    const unknown = expressions.flatMap(metricsOf).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  });

  it('has a case of each alert in which it fires, one in which it does not, and an end of the first', () => {
    expect(Object.keys(alertCases)).toEqual(Object.keys(table));
    for (const { breaks, holds, at, over } of Object.values(alertCases)) {
      expect(Object.keys(breaks).length * Object.keys(holds).length).toBeGreaterThan(0);
      expect(at).toBeLessThan(over);
    }
  });

  it('tells people commands that there are', () => {
    const commands = [...read('docs/reference/cli.md').matchAll(/^ {2}pomelo-ts (\w+)/gm)].map(
      ([, one]) => one,
    );
    for (const text of [...Object.values(texts), ...Object.values(inChinese)]) {
      const told = [...`${text.look} ${text.act}`.matchAll(/`pomelo-ts (\w+)/g)].map(([, one]) => one);
      expect(told.filter((one) => !commands.includes(one))).toEqual([]);
    }
  });

  it('tells people views and columns that there are', () => {
    for (const { look } of [...Object.values(texts), ...Object.values(inChinese)]) {
      let view: ViewName = 'servers';
      for (const [, option, value] of look.matchAll(/--(view|sort) (\w+)/g)) {
        if (option === 'view') view = value as ViewName;
        expect(option === 'view' ? viewNames : Object.keys(columnsOf(view))).toContain(value);
      }
    }
  });

  it('fills the same places in both languages', () => {
    const placesOf = ({ summary }: AlertText) => (summary.match(/\{\{[^}]*\}\}/g) ?? []).sort();
    for (const [name, { text }] of Object.entries(table))
      expect([name, placesOf(inChinese[name]!)]).toEqual([name, placesOf(text)]);
  });

  it('hides alerts that there are', () => {
    const hidden = Object.values(table).flatMap(({ inhibits }) => inhibits?.alerts ?? []);
    expect(hidden.filter((name) => !(name in table))).toEqual([]);
  });
});

/** A histogram has three names. */
function namesOf([, name, kind]: RegExpExecArray): string[] {
  return kind === 'histogram' ? ['bucket', 'sum', 'count'].map((end) => `${name}_${end}`) : [name!];
}
