import { relative, resolve } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readJson } from '@pomelo-ts/common/config';
import { type Contract, diffContracts, parseContract } from '@pomelo-ts/common/contract';
import { type Developer, loadDeveloper } from '../developer.js';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { count } from '../view/units.js';

/** Options of `pomelo-ts gen`. */
export interface GenOptions extends GlobalOptions {
  readonly check: boolean;
  /** An older contract.json. */
  readonly diff?: string | undefined;
  /** Where the AsyncAPI document goes. */
  readonly asyncapi?: string | undefined;
  /** Folder of the protos; empty for `config`. */
  readonly protos?: string | undefined;
}

type Generated = ReturnType<Developer['generate']>;

/** Makes from the game's types what follows from them: writes it, or tells what is stale or has changed. */
export async function gen(options: GenOptions, terminal: Terminal): Promise<number> {
  const root = gameRoot(options.directory);
  const dev = await loadDeveloper('gen');
  const generated = dev.generate(root);
  for (const warning of generated.warnings)
    terminal.err(`${paintFor(terminal)('yellow', 'warning')} ${warning}`);
  if (options.diff !== undefined) return tellChanges(options.diff, generated.contract, terminal);
  const files = [...generated.files, ...asyncApiFiles(dev, root, generated, options)];
  if (options.protos !== undefined) files.push(...protoFiles(dev, root, generated, options.protos, terminal));
  if (options.check) return tellStale(dev.staleFiles(root, files), options, terminal);
  const written = dev.writeFiles(root, files);
  for (const file of written) terminal.out(`wrote ${file}`);
  terminal.out(`${paintFor(terminal)('green', 'fine')}: ${contents(generated.contract)}`);
  return exitCodes.fine;
}

function tellChanges(file: string, now: Contract, terminal: Terminal): number {
  const paint = paintFor(terminal);
  const changes = diffContracts(readContract(file), now);
  const breaking = changes.filter((change) => change.breaking);
  for (const { breaking: breaks, path, what } of changes)
    terminal.out(`${breaks ? paint('red', 'breaking') : paint('dim', 'fine    ')}  ${path}: ${what}`);
  if (changes.length === 0) terminal.out(`${paint('green', 'fine')}: nothing has changed since ${file}`);
  else terminal.out(`${count(changes.length, 'change')} since ${file}, ${breaking.length} breaking`);
  return breaking.length > 0 ? exitCodes.failure : exitCodes.fine;
}

function readContract(file: string): Contract {
  let value: unknown;
  try {
    value = readJson(file);
  } catch (error) {
    const facts = { file, path: 'the document', expected: 'readable JSON', got: `not: ${reasonOf(error)}` };
    throw new PomeloError('CONTRACT_INVALID', facts, { cause: error });
  }
  return parseContract(value, file);
}

function asyncApiFiles(dev: Developer, root: string, { contract }: Generated, { asyncapi }: GenOptions) {
  if (asyncapi === undefined) return [];
  const document = dev.asyncApiOf(contract, dev.gameInfo(root));
  return [{ path: resolve(asyncapi), text: `${JSON.stringify(document, null, 2)}\n` }];
}

function protoFiles(
  dev: Developer,
  root: string,
  { contract }: Generated,
  folder: string,
  terminal: Terminal,
) {
  const { files, left, inTheWay } = dev.protoFiles(resolve(folder || `${root}/config`), contract);
  const paint = paintFor(terminal);
  if (left.length > 0) terminal.out(`left as JSON: ${count(left.length, 'body', 'bodies')}`);
  for (const { what, why } of left) terminal.out(`  ${what}: ${why}`);
  for (const file of inTheWay) {
    const name = relative(root, file);
    terminal.err(
      `${paint('yellow', 'warning')} ${name} is read before ${name.slice(0, -1)}: remove it, its numbers are kept`,
    );
  }
  return files;
}

function tellStale(stale: readonly string[], { directory }: GenOptions, terminal: Terminal): number {
  const paint = paintFor(terminal);
  if (stale.length === 0) {
    terminal.out(`${paint('green', 'fine')}: what was generated fits the types`);
    return exitCodes.fine;
  }
  for (const file of stale) terminal.err(`${paint('red', 'stale')} ${file}`);
  const where = directory === '.' ? '' : ` --directory ${directory}`;
  terminal.err(`The types of the game have changed since: run pomelo-ts gen${where}`);
  return exitCodes.failure;
}

function contents({ routes, pushes, errors }: Contract): string {
  const size = (record: object) => Object.keys(record).length;
  const parts = [
    count(size(routes), 'route'),
    count(size(pushes), 'push', 'pushes'),
    count(size(errors), 'error'),
  ];
  return parts.join(', ');
}
