import type { counterparts, idleSettings } from '@pomelo-ts/compat';
import { codeRules, otherPackage, packageRules, plainLibraries } from './code-rules.js';
import { type Finding, lineAt, type SourceFile } from './finding.js';
import { literalKeys } from './object-keys.js';

/** What `@pomelo-ts/compat` says of the old settings. */
export interface SettingRules {
  readonly counterparts: typeof counterparts;
  readonly idleSettings: typeof idleSettings;
}

/** Tells what is in one file; `dependencies` are those of the app's package.json. */
export function checkCode(
  source: SourceFile,
  rules: SettingRules,
  dependencies: ReadonlySet<string>,
): Finding[] {
  return [
    ...patternsIn(source),
    ...frameworkIn(source, dependencies),
    ...packagesIn(source, dependencies),
    ...settingsIn(source, rules),
    ...idleSettingsIn(source, rules),
  ];
}

function patternsIn({ file, text }: SourceFile): Finding[] {
  return codeRules.flatMap(({ kind, pattern, what, cure }) =>
    [...text.matchAll(pattern)].map((match) => ({
      ...{ kind, file, line: lineAt(text, match.index), cure },
      what: what.replace('$', match.slice(1).find((group) => group !== undefined)!),
    })),
  );
}

/** The framework's own name stays, as long as package.json says what it stands for. */
function frameworkIn({ file, text }: SourceFile, dependencies: ReadonlySet<string>): Finding[] {
  return [...text.matchAll(/\b(?:require\(|from|import\(?)\s*['"](pomelo|pinus)['"]/g)]
    .filter(([, name]) => !dependencies.has(name!))
    .map((match) => ({
      ...{ kind: 'change', file, line: lineAt(text, match.index), what: `the import of '${match[1]}'` },
      cure: "write '@pomelo-ts/compat'",
    }));
}

function packagesIn({ file, text }: SourceFile, dependencies: ReadonlySet<string>): Finding[] {
  const imports = text.matchAll(/\b(?:require\(|from|import\(?)\s*['"]((?:pomelo|pinus)-[\w-]+)['"]/g);
  return [...imports].flatMap((match): Finding[] => {
    const name = match[1]!;
    const at = { file, line: lineAt(text, match.index), what: `the package ${name}` };
    if (!plainLibraries.test(name)) return [{ ...at, ...(packageRules[name] ?? otherPackage) }];
    if (dependencies.has(name)) return [];
    const cure = 'it came with the framework: put it into the dependencies of package.json';
    return [{ ...at, kind: 'change', cure }];
  });
}

/** The settings of pomelo's own components, key by key. */
function settingsIn({ file, text }: SourceFile, { counterparts }: SettingRules): Finding[] {
  const calls = [...text.matchAll(/\.set\(\s*['"](\w+)['"]\s*,\s*/g)];
  return calls.flatMap((call): Finding[] => {
    const name = call[1]!;
    const counterpart = counterparts[name];
    if (!counterpart) return [];
    const { kept = [], refused = {}, idle = {}, others } = counterpart;
    const keys = literalKeys(text, call.index + call[0].length);
    const findings = keys
      .filter((key) => !key.off && !kept.includes(key.name))
      .map((key): Finding => {
        const at = { file, line: lineAt(text, key.index), what: `${key.name} of ${name}` };
        const cure = refused[key.name];
        return cure === undefined
          ? { ...at, kind: 'idle', cure: idle[key.name] ?? others }
          : { ...at, kind: 'change', cure };
      });
    if (name === 'connectorConfig' && keys.length > 0 && !keys.some((key) => key.name === 'connector')) {
      const at = {
        file,
        line: lineAt(text, call.index),
        what: 'a connectorConfig without connector (sioconnector)',
      };
      findings.push({ ...at, kind: 'change', cure: 'set hybridconnector' });
    }
    return findings;
  });
}

function idleSettingsIn({ file, text }: SourceFile, { idleSettings }: SettingRules): Finding[] {
  return [...text.matchAll(/\.(?:set|enable)\(\s*['"](\w+)['"]/g)].flatMap((call): Finding[] => {
    const name = call[1]!;
    const cure = idleSettings[name];
    return cure === undefined
      ? []
      : [{ kind: 'idle', file, line: lineAt(text, call.index), what: `the setting ${name}`, cure }];
  });
}
