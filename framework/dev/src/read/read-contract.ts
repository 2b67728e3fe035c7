import { type Contract, contractVersion, type RouteContract } from '@pomelo-ts/common/contract';
import type { ts } from '../compiler.js';
import type { GameLayout } from '../layout.js';
import { Problems } from '../problems.js';
import { readErrors, readPushes } from './declared.js';
import { readRoute } from './route-types.js';
import { readService } from './services.js';
import { ShapeReader } from './shape-reader.js';

/** What the types of a game give. */
export interface ReadContract {
  readonly contract: Contract;
  /** What makes the contract unusable. */
  readonly problems: Problems;
  /** What its owner should know. */
  readonly warnings: Problems;
}

/** Reads the contract with clients out of a game's handlers and its declared pushes and errors. */
export function readContract(program: ts.Program, layout: GameLayout): ReadContract {
  const problems = new Problems(layout.root);
  const warnings = new Problems(layout.root);
  const reader = new ShapeReader(program.getTypeChecker(), problems);
  const routes: [string, RouteContract][] = [];
  for (const file of layout.services) {
    const { methods, exposedAnyway } = readService(program, file, problems);
    const callers = file.kind === 'handler' ? 'clients' : 'other servers';
    for (const { name, node } of exposedAnyway)
      warnings.add(
        node,
        `${name} is hidden from TypeScript only: ${callers} can call it. Name it #${name} or _${name}.`,
      );
    if (file.kind === 'remote') continue;
    for (const method of methods) {
      const route = `${file.serverType}.${file.name}.${method.name}`;
      routes.push([route, readRoute(reader, route, method)]);
    }
  }
  const declared = layout.contractFile === undefined ? undefined : program.getSourceFile(layout.contractFile);
  const pushes = declared ? readPushes(reader, declared) : {};
  const errors = declared ? readErrors(reader, declared) : {};
  const contract: Contract = {
    contractVersion,
    routes: Object.fromEntries(routes.sort(([one], [other]) => (one < other ? -1 : 1))),
    pushes,
    errors,
    definitions: reader.definitions.toObject(),
  };
  return { contract, problems, warnings };
}
