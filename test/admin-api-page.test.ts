import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adminRoutes } from '../framework/admin/src/http/routes.js';
import { openApi, sessionBodies } from '../framework/admin/src/openapi.js';
import { argumentWords } from '../framework/master/src/operations/argument-words.js';
import { listedOperations } from '../framework/master/src/operations/listed.js';
import { operations } from '../framework/master/src/operations/table.js';

const { adminApiPage } = (await import(new URL('../bin/admin-api-page.mjs', import.meta.url).href)) as {
  adminApiPage(routes: object, operations: readonly object[], words: object, bodies: object): string;
};

describe('the admin API', () => {
  it('is described as it is', () => {
    const page = readFileSync(new URL('../docs/reference/admin-api.md', import.meta.url), 'utf8');
    expect(page).toBe(adminApiPage(adminRoutes, listedOperations(), argumentWords, sessionBodies));
  });

  it('has no route without saying who may use it, and lets in without a sign-in only who signs in', () => {
    const open = Object.entries(adminRoutes).filter(([, { needs }]) => needs === 'anybody');
    expect(open.map(([name]) => name)).toEqual([
      ...['signIn', 'setUp', 'setUpName', 'signInWays', 'beginOidc', 'endOidc'],
    ]);
    for (const { needs } of Object.values(adminRoutes))
      expect(['anybody', 'visitor', 'verb']).toContain(needs);
  });

  it('describes each operation and each other route in OpenAPI', () => {
    const { paths } = openApi() as { paths: Record<string, Record<string, { operationId: string }>> };
    for (const verb of Object.keys(operations))
      expect(paths[`/api/v1/operations/${verb}`]?.['post']?.operationId).toBe(verb);
    for (const { method, path } of Object.values(adminRoutes).filter(
      ({ path: one }) => !one.endsWith(':verb'),
    ))
      expect(paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]).toBeDefined();
  });
});
