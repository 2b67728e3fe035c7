import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

/** Takes a picture of the admin; it has to be one. With UPDATE_SCREENSHOT=1 it is written, and has to be small enough for a repository. */
export async function picture(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot();
  expect(taken.length, name).toBeGreaterThan(8_000);
  if (process.env['UPDATE_SCREENSHOT'] !== '1') return;
  expect(taken.length, name).toBeLessThan(200_000);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `web-admin-${name}.png`), taken);
}
