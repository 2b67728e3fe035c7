import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '@pomelo-ts/common/config';
import { type Finding, lineAt } from './finding.js';

/** What an app's package.json says; empty when there is none. */
export interface PackageFile {
  readonly text: string;
  readonly dependencies: ReadonlySet<string>;
  /** Names under which `@pomelo-ts/compat` is installed. */
  readonly standIns: ReadonlySet<string>;
}

export function readPackage(root: string): PackageFile {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return { text: '', dependencies: new Set(), standIns: new Set() };
  const text = readFileSync(file, 'utf8');
  const { dependencies = {}, devDependencies = {} } = parseJson(text, 'package.json') as Record<
    string,
    object
  >;
  const all = Object.entries<unknown>({ ...devDependencies, ...dependencies });
  const standIns = all.filter(([, version]) => String(version).startsWith('npm:@pomelo-ts/compat@'));
  return {
    text,
    dependencies: new Set(all.map(([name]) => name)),
    standIns: new Set(standIns.map(([name]) => name)),
  };
}

/** Tells what must change in package.json. */
export function checkPackage({ text, dependencies, standIns }: PackageFile): Finding[] {
  const findings: Finding[] = [];
  const at = (pattern: RegExp): { file: string; line?: number } => {
    const index = text.search(pattern);
    return { file: 'package.json', ...(index >= 0 && { line: lineAt(text, index) }) };
  };
  const old = ['pomelo', 'pinus'].filter((name) => dependencies.has(name) && !standIns.has(name));
  for (const name of old)
    findings.push({
      ...at(new RegExp(`"${name}"\\s*:`)),
      ...{ kind: 'change', what: `the dependency ${name}` },
      cure: `npm install ${name}@npm:@pomelo-ts/compat, which stands in for it: the code stays`,
    });
  for (const name of ['pomelo-rpc', 'pinus-rpc'].filter((one) => dependencies.has(one)))
    findings.push({
      ...at(new RegExp(`"${name}"\\s*:`)),
      ...{ kind: 'change', what: `the dependency ${name}`, cure: 'take it out' },
    });
  const needed = standIns.size > 0 || old.length > 0 ? ['pomelo-ts'] : ['@pomelo-ts/core', 'pomelo-ts'];
  const missing = needed.filter((name) => !dependencies.has(name));
  if (missing.length > 0)
    findings.push({
      ...{ ...at(/"dependencies"/), kind: 'change', what: 'the dependencies' },
      cure: `npm install ${missing.join(' ')}`,
    });
  for (const match of text.matchAll(
    /"[^"\n]*\b(pomelo start|pinus start|node (?:dist\/)?app(?:\.js)?)\b[^"\n]*"/g,
  ))
    findings.push({
      ...{ kind: 'change', file: 'package.json', line: lineAt(text, match.index) },
      ...{ what: `the command ${match[1]}`, cure: 'write pomelo-ts start' },
    });
  return findings;
}
