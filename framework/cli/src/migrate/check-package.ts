import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, lineAt } from './finding.js';

/** What an app's package.json says; empty when there is none. */
export interface PackageFile {
  readonly text: string;
  readonly dependencies: ReadonlySet<string>;
}

export function readPackage(root: string): PackageFile {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return { text: '', dependencies: new Set() };
  const text = readFileSync(file, 'utf8');
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text) as Record<string, object>;
  return { text, dependencies: new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]) };
}

/** Tells what must change in package.json. */
export function checkPackage({ text, dependencies }: PackageFile): Finding[] {
  const findings: Finding[] = [];
  const at = (pattern: RegExp): { file: string; line?: number } => {
    const index = text.search(pattern);
    return { file: 'package.json', ...(index >= 0 && { line: lineAt(text, index) }) };
  };
  for (const name of ['pomelo', 'pinus', 'pomelo-rpc', 'pinus-rpc'].filter((one) => dependencies.has(one)))
    findings.push({
      ...at(new RegExp(`"${name}"\\s*:`)),
      ...{ kind: 'change', what: `the dependency ${name}`, cure: 'take it out' },
    });
  const missing = ['@pomelo-ts/core', 'pomelo-ts'].filter((name) => !dependencies.has(name));
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
