import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { propertyName } from '@pomelo-ts/common/contract';
import { ts } from '../compiler.js';
import type { GameLayout, ServiceFile } from '../layout.js';
import { header } from './header.js';

/** `server.d.ts`: tells the framework's types which remotes, pushes and errors the game has. */
export function serverTypes(layout: GameLayout, path: string): string {
  const remotes = layout.services.filter(({ kind }) => kind === 'remote');
  const declared = declaredIn(layout.contractFile);
  const members: string[] = [];
  if (remotes.length > 0) members.push(remotesText(remotes, path));
  if (declared.has('Pushes')) members.push('  interface Pushes extends DeclaredPushes {}\n');
  if (declared.has('Errors')) members.push('  interface GameErrors extends DeclaredErrors {}\n');
  const imports: string[] = [];
  if (remotes.length > 0) imports.push("import type { RemoteOf } from '@pomelo-ts/core';");
  if (declared.size > 0) {
    const names = [...declared].sort().map((name) => `${name} as Declared${name}`);
    imports.push(
      `import type { ${names.join(', ')} } from ${quoted(specifier(path, layout.contractFile!))};`,
    );
  }
  const head = [`// ${header}`, ...imports].join('\n');
  if (members.length === 0) return `${head}\n\nexport {};\n`;
  return `${head}\n\ndeclare module '@pomelo-ts/core' {\n${members.join('\n')}}\n`;
}

function remotesText(remotes: readonly ServiceFile[], path: string): string {
  const types = [...new Set(remotes.map(({ serverType }) => serverType))];
  const lines = types.map((serverType) => {
    const files = remotes.filter((file) => file.serverType === serverType);
    const own = files.map((file) => `      ${propertyName(file.name)}: RemoteOf<${exportOf(file, path)}>;\n`);
    return `    ${propertyName(serverType)}: {\n${own.join('')}    };\n`;
  });
  return `  interface Remotes {\n${lines.join('')}  }\n`;
}

/** The type of what the file exports by default; in a CommonJS file that is the module itself. */
function exportOf({ path: file }: ServiceFile, path: string): string {
  const module = `typeof import(${quoted(specifier(path, file))})`;
  const isCommonJs =
    /\.c?[jt]s$/.test(file) && /^\s*(module\.exports|export)\s*=/m.test(readFileSync(file, 'utf8'));
  return isCommonJs ? module : `${module}.default`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

function specifier(from: string, to: string): string {
  const way = relative(dirname(from), to).replaceAll('\\', '/');
  return way.replace(/\.d\.ts$/, '.js').replace(/\.([mc]?)ts$/, '.$1js');
}

/** Which of the two interfaces the contract file exports. */
function declaredIn(file: string | undefined): Set<string> {
  const found = new Set<string>();
  if (file === undefined) return found;
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const note = (name: string) => {
    if (name === 'Pushes' || name === 'Errors') found.add(name);
  };
  for (const statement of source.statements) {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    if (isType && isExported(statement)) note(statement.name.text);
    const clause = ts.isExportDeclaration(statement) && statement.exportClause;
    if (clause && ts.isNamedExports(clause)) for (const { name } of clause.elements) note(name.text);
  }
  if (/\.[mc]?js$/.test(file))
    for (const [, name] of text.matchAll(/@typedef\s+(?:\{[^\n]*\}\s*)?(\w+)/g)) note(name!);
  return found;
}

function isExported({ modifiers }: ts.InterfaceDeclaration | ts.TypeAliasDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
