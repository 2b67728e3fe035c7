import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { RobotReport } from '@pomelo-ts/client/robot';

/** Where the report goes. */
export interface ReportFiles {
  readonly html?: string;
  readonly json?: string;
}

/** What `--report` means: a file of one format by its ending, else a folder of both. */
export function reportFiles(path: string | undefined): ReportFiles {
  if (path === undefined) return {};
  if (/\.html?$/.test(path)) return { html: path };
  if (path.endsWith('.json')) return { json: path };
  return { html: join(path, 'report.html'), json: join(path, 'report.json') };
}

/** Writes the report; gives the files as they were named. */
export async function writeReport(report: RobotReport, { html, json }: ReportFiles): Promise<string[]> {
  if (html !== undefined) {
    const { htmlReport } = await import('@pomelo-ts/client/robot');
    write(html, htmlReport(report));
  }
  if (json !== undefined) write(json, `${JSON.stringify(report, null, 2)}\n`);
  return [html, json].filter((file) => file !== undefined);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, text);
}
