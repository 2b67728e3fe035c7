import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const docs = fileURLToPath(new URL('../docs', import.meta.url));
const page = readFileSync(join(docs, 'guides', 'failures.md'), 'utf8');
const [failures, shown] = page.split('\n## What shows it\n') as [string, string];

describe('the guide to failures', () => {
  it('names tests for each failure, which are there', () => {
    const rows = [...shown.matchAll(/^\| (.+?) \| \[.+?\]\((.+?)\) \| (.+) \|$/gm)];
    const missing = rows.filter(([, , file, title]) => {
      const path = resolve(docs, 'guides', file!);
      return !existsSync(path) || !hasTest(path, title!);
    });
    expect(missing.map(([row]) => row)).toEqual([]);
    const sections = [...failures.matchAll(/^## (.+)$/gm)].map(([, name]) => name!);
    expect([...new Set(rows.map(([, section]) => section!))]).toEqual(sections);
  });

  it('tells the times that are the defaults', () => {
    const reference = readFileSync(join(docs, 'reference', 'config.md'), 'utf8');
    const rows = [...failures.matchAll(/^\| `(\S+)` \| (\S+)\.json5 \| `(\S+)` \|/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, field, file, value] of rows) {
      const part = reference.split(`\n## ${file}.json5\n`)[1]!.split('\n## ')[0]!;
      const row = part.split('\n').find((line) => line.startsWith(`| \`${field}\` |`));
      expect(row, field).toMatch(new RegExp(`\\| \`"?${value}"?\` \\|`));
    }
  });
});

/** Whether a file begins a test of this title. */
function hasTest(path: string, title: string): boolean {
  const exact = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`\\b(?:it|test)\\(\\s*(['"\`])${exact}\\1`).test(readFileSync(path, 'utf8'));
}
