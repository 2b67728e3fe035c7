import type { ConfigFile } from '@pomelo-ts/common/config';
import type { z } from 'zod';
import type { ServerEntry } from '../settings-types.js';
import { countsCopies, filledUrl } from './client-url.js';
import { copyOf, type RawEntry } from './cluster-count.js';
import { type Path, type Problems, show } from './problems.js';
import { longestType, serverKeys, serverSchema } from './server-schema.js';
import { slipOf } from './slip.js';

/** A server and where its entry stands. */
export interface PlacedServer {
  readonly server: ServerEntry;
  readonly path: Path;
}

/**
 * Reads the value of servers.json: checks each entry by itself and expands `clusterCount`. The first copy of a type has
 * the number that `firstCopyOf` gives.
 */
export function readTopology(
  file: ConfigFile,
  env: string,
  problems: Problems,
  firstCopyOf: (type: string) => number = () => 0,
): PlacedServer[] {
  const { value } = file;
  if (!isObject(value)) {
    problems.add(file.file, file.path, `expected an object of server types, got ${show(value)}`);
    return [];
  }
  const types = Object.entries(value);
  if (types.length > 0 && file.path.length === 0 && types.every(([, part]) => isObject(part))) {
    const found = types.map(([name]) => name).join(', ');
    problems.add(file.file, '', `expected a part for environment ${env}, found only ${found}`);
    return [];
  }
  const placed = types.flatMap(([type, list]) =>
    readType(file, env, type, list, firstCopyOf(type), problems),
  );
  if (placed.length === 0 && problems.list.length === 0)
    problems.add(file.file, file.path, 'expected at least one server, found none');
  return placed;
}

function readType(
  file: ConfigFile,
  env: string,
  type: string,
  list: unknown,
  firstCopy: number,
  problems: Problems,
): PlacedServer[] {
  const path = [...file.path, type];
  if (type === 'master')
    problems.add(file.file, path, 'the type master is reserved; master.json places the master');
  else if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(type))
    problems.add(
      file.file,
      path,
      'expected a type of letters, digits, "_" and "-" that begins with a letter',
    );
  else if (type.length > longestType)
    problems.add(file.file, path, `expected a type of at most ${longestType} characters`);
  if (!Array.isArray(list)) {
    problems.add(file.file, path, `expected a list of servers, got ${show(list)}`);
    return [];
  }
  let copies = firstCopy;
  return list.flatMap((raw, index) => {
    const placed = readEntry(file, env, type, raw, [...path, index], copies, problems);
    if (isObject(raw) && raw['clusterCount'] !== undefined) copies += placed.length;
    return placed;
  });
}

function readEntry(
  file: ConfigFile,
  env: string,
  type: string,
  raw: unknown,
  path: Path,
  firstCopy: number,
  problems: Problems,
): PlacedServer[] {
  const before = problems.list.length;
  if (isObject(raw)) checkKeys(file.file, raw, path, problems);
  const parsed = problems.parse(serverSchema, raw, file.file, path);
  if (!parsed) return [];
  checkCompany(file.file, parsed, path, problems);
  if (problems.list.length > before) return [];
  const { clusterCount } = parsed;
  if (clusterCount === undefined) return checkSingle(file.file, env, type, parsed, path, problems);
  const placed: PlacedServer[] = [];
  for (let index = 0; index < clusterCount; index++) {
    const copy = serverSchema.safeParse(copyOf(raw as RawEntry, index));
    if (!copy.success) {
      problems.parse(serverSchema, copyOf(raw as RawEntry, index), file.file, path);
      break;
    }
    const n = firstCopy + index;
    const id = `cluster-server-${type}-${n}`;
    placed.push({ server: entryOf({ ...copy.data, id }, type, env, n), path });
  }
  return placed;
}

/** Checks fields that have a meaning only with or without another. */
function checkCompany(
  file: string,
  parsed: z.output<typeof serverSchema>,
  path: Path,
  problems: Problems,
): void {
  if (parsed.clusterCount !== undefined && parsed.id !== undefined)
    problems.add(file, [...path, 'id'], 'expected no id beside clusterCount, which makes the ids');
  if (parsed.frontend) return;
  for (const key of ['clientPort', 'acceptors', 'clientListen', 'clientUrl', 'max-connections'] as const) {
    if (parsed[key] !== undefined)
      problems.add(file, [...path, key], 'expected frontend: true beside it; this server has no clients');
  }
}

/** The ports of an entry, each with its path in it. */
function portsOf(entry: z.output<typeof serverSchema>): [Path, unknown][] {
  const { port, clientPort, acceptors = [], opsPort } = entry;
  return [
    [['port'], port],
    [['clientPort'], clientPort],
    [['opsPort'], opsPort],
    ...acceptors.map((one, index): [Path, unknown] => [['acceptors', index, 'port'], one.port]),
  ];
}

function checkSingle(
  file: string,
  env: string,
  type: string,
  parsed: z.output<typeof serverSchema>,
  path: Path,
  problems: Problems,
): PlacedServer[] {
  const before = problems.list.length;
  if (parsed.id === undefined)
    problems.add(file, [...path, 'id'], 'expected an id, or clusterCount to make ids');
  for (const [key, port] of portsOf(parsed)) {
    if (typeof port === 'string')
      problems.add(
        file,
        [...path, ...key],
        `${show(port)} needs clusterCount; expected a port from 1 to 65535`,
      );
  }
  if (parsed.clientUrl !== undefined && countsCopies(parsed.clientUrl))
    problems.add(
      file,
      [...path, 'clientUrl'],
      'expected {id} in place of {n}, which counts the copies of clusterCount',
    );
  return problems.list.length > before ? [] : [{ server: entryOf(parsed, type, env), path }];
}

function checkKeys(file: string, raw: RawEntry, path: Path, problems: Problems): void {
  for (const key of Object.keys(raw)) {
    const meant = slipOf(key, serverKeys);
    if (meant) problems.add(file, [...path, key], `unknown key; did you mean ${meant}?`);
    else if (key === 'type') problems.add(file, [...path, key], 'the type is the key above the list');
  }
}

function entryOf(parsed: z.output<typeof serverSchema>, type: string, env: string, n?: number): ServerEntry {
  const {
    // An environment that players are in shall heal by itself; a developer wants to see what has ended.
    'auto-restart': autoRestart = env !== 'development',
    'restart-force': restartForce = env !== 'development' && autoRestart,
    'max-connections': maxConnections,
    clusterCount: _,
    clientUrl,
    ...rest
  } = parsed;
  const clientHost = rest.clientHost ?? (rest.frontend ? rest.host : undefined);
  return {
    ...rest,
    ...(clientHost !== undefined && { clientHost }),
    ...(clientUrl !== undefined && { clientUrl: filledUrl(clientUrl, String(rest.id), n) }),
    ...(maxConnections !== undefined && { maxConnections }),
    type,
    autoRestart,
    restartForce,
  } as ServerEntry; // ports are numbers by now, and an id is there
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
