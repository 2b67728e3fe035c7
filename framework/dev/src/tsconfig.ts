import { dirname, relative } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { ts } from './compiler.js';

/**
 * What a tsconfig.json says, with `instead` in place of its own parts.
 *
 * @throws CONFIG_INVALID that names the file and the line of what cannot be read
 */
export function readTsconfig(root: string, tsconfig: string, instead: object = {}): ts.ParsedCommandLine {
  const { config, error } = ts.readConfigFile(tsconfig, ts.sys.readFile) as {
    config?: object;
    error?: ts.Diagnostic;
  };
  if (error) {
    const facts = { count: 1, problems: `  ${problemOf(error, root, tsconfig)}` };
    throw new PomeloError('CONFIG_INVALID', facts);
  }
  return ts.parseJsonConfigFileContent(
    { ...config, ...instead },
    ts.sys,
    dirname(tsconfig),
    undefined,
    tsconfig,
  );
}

/** A diagnostic of the compiler in one line; `fallback` is the file of one that names none. */
export function problemOf(diagnostic: ts.Diagnostic, root: string, fallback?: string): string {
  const { file, start, messageText } = diagnostic;
  const text = ts.flattenDiagnosticMessageText(messageText, '\n  ');
  if (!file || start === undefined) return fallback ? `${relative(root, fallback)}: ${text}` : text;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${relative(root, file.fileName)}:${line + 1}:${character + 1}: ${text}`;
}
