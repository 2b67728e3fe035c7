import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configReference, configSchemas } from '../../src/config.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const cure = 'stale: run `npm run docs` and commit what it writes';

describe('the configuration reference', () => {
  it('is what the schemas say', () => {
    expect(readFileSync(`${repository}docs/reference/config.md`, 'utf8'), cure).toBe(configReference());
  });

  it.each(Object.entries(configSchemas()))('has the editor schema of %s', (name, schema) => {
    const written = readFileSync(`${repository}config/schema/${name}.json`, 'utf8');
    expect(JSON.parse(written), cure).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('describes every field', () => {
    const undescribed = configReference()
      .split('\n')
      .filter((line) => /^\| `/.test(line) && /\|\s*\|$/.test(line));
    expect(undescribed).toEqual([]);
    expect(configReference()).not.toContain('anything');
  });
});
