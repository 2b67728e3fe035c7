import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { exitCodes } from '../failure.js';
import type { GlobalOptions } from '../game.js';
import { checkCode } from '../migrate/check-code.js';
import { checkCrons, checkFiles, checkTopology, checkUsers } from '../migrate/check-config.js';
import { checkPackage, readPackage } from '../migrate/check-package.js';
import type { Finding, FindingKind, SourceFile } from '../migrate/finding.js';
import { sourcesOf } from '../migrate/sources.js';
import { type Working, workingParts } from '../migrate/works.js';
import { paintFor, type Style, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { count } from '../view/units.js';

/** Options of `pomelo-ts migrate`. */
export interface MigrateOptions extends GlobalOptions {
  /** Folder of the old app; overrides `directory`. */
  readonly dir?: string | undefined;
  readonly json: boolean;
}

/** What `pomelo-ts migrate --json` prints. */
export interface MigrationReport {
  /** Folder of the app. */
  readonly root: string;
  readonly framework: 'pomelo' | 'pinus' | 'pomelo-ts';
  /** Whether nothing must be changed any more. */
  readonly ready: boolean;
  readonly findings: readonly Finding[];
  readonly works: readonly Working[];
}

const titles: readonly [kind: FindingKind, title: string, style: Style][] = [
  ['change', 'must change', 'red'],
  ['check', 'look at', 'yellow'],
  ['idle', 'has no effect', 'dim'],
];

/** Tells what must change in an app that was written for pomelo or pinus; exit code 0 when nothing must. */
export async function migrate(options: MigrateOptions, terminal: Terminal): Promise<number> {
  const report = await reportOn(appFolder(options.dir ?? options.directory));
  if (options.json) terminal.out(jsonText(report, 2));
  else print(report, terminal);
  return report.ready ? exitCodes.fine : exitCodes.failure;
}

/** Where `app.js` is: in the folder itself, or in the `game-server` of pomelo's template. */
function appFolder(directory: string): string {
  const folders = [resolve(directory), resolve(directory, 'game-server')];
  const found = folders.find((folder) => ['app.js', 'app.ts'].some((name) => existsSync(join(folder, name))));
  if (found) return found;
  const cure = 'Name the folder of a pomelo or pinus app: pomelo-ts migrate <folder>.';
  throw new PomeloError('CONFIG_MISSING', { file: 'app.js', directory: resolve(directory), cure });
}

async function reportOn(root: string): Promise<MigrationReport> {
  // Only this command looks at what core knows of old apps.
  const rules = await import('@pomelo-ts/compat');
  const sources = sourcesOf(root);
  const own = readPackage(root);
  const framework = frameworkOf(sources, own.dependencies);
  const findings = [
    ...checkPackage(own),
    ...sources.flatMap((source) => checkCode(source, rules, own.dependencies)),
    ...checkTopology(root),
    ...checkCrons(root, framework === 'pinus'),
    ...checkFiles(root, rules.unreadFiles),
    ...checkUsers(root),
  ];
  const ready = findings.every(({ kind }) => kind !== 'change');
  return { root, framework, ready, findings, works: workingParts(sources) };
}

function frameworkOf(
  sources: readonly SourceFile[],
  dependencies: ReadonlySet<string>,
): MigrationReport['framework'] {
  for (const name of ['pinus', 'pomelo'] as const)
    if (dependencies.has(name) || sources.some(({ text }) => text.match(`['"]${name}['"]`))) return name;
  return 'pomelo-ts';
}

function print({ root, framework, ready, findings, works }: MigrationReport, terminal: Terminal): void {
  const paint = paintFor(terminal);
  terminal.out(
    `${root}: ${framework === 'pomelo-ts' ? 'an app with its import changed' : `an app for ${framework}`}`,
  );
  const width = Math.max(0, ...findings.map((finding) => placeOf(finding).length));
  for (const [kind, title, style] of titles) {
    const ofKind = findings.filter((finding) => finding.kind === kind);
    if (ofKind.length === 0) continue;
    terminal.out(`\n${paint(style, title)} (${ofKind.length})`);
    for (const finding of ofKind)
      terminal.out(`  ${placeOf(finding).padEnd(width)}  ${finding.what}: ${finding.cure}`);
  }
  if (works.length > 0) {
    terminal.out(`\n${paint('green', 'works as it is')}`);
    terminal.out(`  ${works.map((one) => `${one.what} ${one.count}`).join(', ')}`);
  }
  const changes = findings.filter(({ kind }) => kind === 'change').length;
  terminal.out(
    ready
      ? `\n${paint('green', 'ready')}: nothing must change. What behaves otherwise is in docs/guides/migrating.md`
      : `\n${count(changes, 'change')} to make; then run pomelo-ts migrate again`,
  );
}

function placeOf({ file, line }: Finding): string {
  return line === undefined ? file : `${file}:${line}`;
}
