import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

/** Takes a picture of the admin; it has to be one, and small enough for a repository. It is written with UPDATE_SCREENSHOT=1. */
export async function picture(page: Page, name: string): Promise<void> {
  const taken = await page.screenshot();
  expect([name, taken.length > 8_000, taken.length < 200_000]).toEqual([name, true, true]);
  if (process.env['UPDATE_SCREENSHOT'] !== '1') return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `web-admin-${name}.png`), taken);
}
