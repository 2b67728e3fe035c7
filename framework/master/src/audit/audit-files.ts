import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the audit log of a game lies, within its root. */
export const auditFolder = (root: string): string => join(root, '.pomelo-ts', 'audit');

const digits = 12;
const pattern = new RegExp(`^\\d{${digits}}\\.jsonl$`);

/** A file is named after its first record. */
export const auditFileName = (first: number): string => `${String(first).padStart(digits, '0')}.jsonl`;

/** The files of an audit log, the oldest first; none where there is no such folder. */
export function auditFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
