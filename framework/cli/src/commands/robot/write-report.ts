import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { htmlReport, type RobotReport } from '@pomelo-ts/client/robot';
import { reasonOf } from '@pomelo-ts/common';
import { jsonText } from '../../view/escaped.js';
import { wrongOption } from './wrong-option.js';

/** Where the report goes. */
export interface ReportFiles {
  readonly html?: string;
  readonly json?: string;
}

/**
 * What `--report` means: a file of one format by its ending, else a folder of both. The folder is made now: a run of an hour
 * must not end with a report that cannot be written.
 *
 * @throws WrongOption
 */
export function reportFiles(path: string | undefined): ReportFiles {
  if (path === undefined) return {};
  const files = filesOf(path);
  try {
    for (const file of Object.values(files)) {
      const folder = dirname(resolve(file));
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      if (existsSync(file)) writeFileSync(file, '', { flag: 'a' });
    }
  } catch (error) {
    throw wrongOption('--report as a file or folder that can be written', `${path} (${reasonOf(error)})`);
  }
  return files;
}

function filesOf(path: string): ReportFiles {
  if (/\.html?$/.test(path)) return { html: path };
  if (path.endsWith('.json')) return { json: path };
  return { html: join(path, 'report.html'), json: join(path, 'report.json') };
}

/** Writes the report; gives the files as they were named. */
export function writeReport(report: RobotReport, { html, json }: ReportFiles): string[] {
  if (html !== undefined) writeFileSync(html, htmlReport(report));
  if (json !== undefined) writeFileSync(json, `${jsonText(report, 2)}\n`);
  return [html, json].filter((file) => file !== undefined);
}
