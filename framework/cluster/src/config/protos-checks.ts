import type { ConfigFile } from '@pomelo-ts/common/config';
import { faultsInProtos, ProtocolError, RouteDictionary } from '@pomelo-ts/protocol';
import type { Problems } from './problems.js';

/** Reads a file of message schemas as servers do when they start; each fault is told where it stands. */
export function checkProtos(found: ConfigFile | undefined, problems: Problems): void {
  if (!found || typeof found.value !== 'object' || found.value === null || Array.isArray(found.value)) return;
  for (const { path, reason } of faultsInProtos(found.value))
    problems.add(found.file, [...found.path, ...path], reason);
}

/** Builds the dictionary of the routes in the file as servers do; those of their handlers come to it. */
export function checkDictionary(
  found: ConfigFile | undefined,
  routes: readonly string[],
  problems: Problems,
): void {
  try {
    RouteDictionary.fromRoutes([], routes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    problems.add(found?.file ?? 'config/dictionary.json', found?.path ?? [], error.message);
  }
}
