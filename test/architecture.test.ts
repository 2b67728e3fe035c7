import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { knotsOf } from './helpers/knots.js';
import { declares, walksOf } from './helpers/walks.js';

const { publicExports } = (await import(new URL('../bin/public-exports.mjs', import.meta.url).href)) as {
  publicExports(framework: string): string[];
};

const root = fileURLToPath(new URL('..', import.meta.url));
const framework = join(root, 'framework');

/** Which packages a package may import: ADR 0001 and ARCHITECTURE.md. */
const mayImport: Record<string, readonly string[]> = {
  common: [],
  protocol: [],
  views: [],
  rpc: ['common'],
  cluster: ['common', 'protocol'],
  core: ['common', 'protocol', 'rpc', 'cluster', 'views'],
  master: ['common', 'cluster', 'views'],
  admin: ['common', 'cluster', 'master'],
  client: ['protocol'],
  adapters: ['common', 'rpc', 'cluster', 'core'],
  dev: ['common', 'cluster'],
  cli: ['common', 'cluster', 'views', 'master', 'client', 'core', 'compat', 'dev', 'adapters', 'admin'],
  compat: ['common', 'rpc', 'cluster', 'core'],
  create: [], // pomelo-ts, by its name
};

/** What only the helpers for a game's own tests may import beside: the game has it in its tests anyway. */
const mayImportForTests: Record<string, readonly string[]> = { core: ['client'] };

/**
 * Rooms of core that a room may import, types too: the drawing of ADR 0020, in which nothing goes up and no circle closes. A folder is a
 * room with the file beside it that has its name; any other file beside the folders is a room of its own. From the bottom up; doors,
 * which nothing inside imports, are not drawn.
 */
const belowInCore: Record<string, readonly string[]> = {
  measures: [],
  tracing: ['measures'],
  wire: [],
  lease: [],
  shared: [],
  service: [],
  making: [],
  'session-names': [],
  'uid-traces': ['session-names'],
  'game-errors': [],
  'game-error': ['game-errors'],
  inspector: [],
  'game-measures': ['measures'],
  'client-link': ['session-names', 'wire'],
  directory: ['measures', 'service', 'session-names'],
  session: ['client-link', 'directory', 'measures', 'session-names', 'uid-traces'],
  acceptor: ['client-link', 'measures', 'wire'],
  channel: ['measures', 'session', 'session-names', 'uid-traces', 'tracing', 'wire'],
  routing: ['session'],
  forward: ['measures', 'routing', 'session', 'tracing', 'wire'],
  dispatch: [
    'forward',
    'game-error',
    'measures',
    'service',
    'session',
    'session-names',
    'uid-traces',
    'tracing',
    'wire',
  ],
  remote: ['dispatch', 'game-error', 'measures', 'routing', 'service', 'tracing'],
  gate: ['acceptor', 'session', 'session-names'],
  probe: ['client-link', 'measures', 'service', 'session', 'wire'],
  ids: ['lease'],
  schedule: ['lease', 'making', 'measures', 'service'],
  application: [
    ...[
      'acceptor',
      'channel',
      'directory',
      'dispatch',
      'game-measures',
      'gate',
      'ids',
      'inspector',
      'lease',
      'making',
      'measures',
    ],
    ...['remote', 'routing', 'schedule', 'service', 'session', 'session-names', 'shared'],
  ],
  definitions: ['application', 'shared'],
  lifecycle: ['application'],
  plugin: ['application'],
  server: [
    ...[
      'acceptor',
      'application',
      'channel',
      'directory',
      'dispatch',
      'forward',
      'gate',
      'ids',
      'lease',
      'lifecycle',
    ],
    ...[
      'making',
      'measures',
      'probe',
      'remote',
      'routing',
      'schedule',
      'service',
      'session',
      'session-names',
      'uid-traces',
      'wire',
    ],
    'tracing',
  ],
  'game-server': ['acceptor', 'application', 'lifecycle', 'schedule', 'server', 'session', 'tracing', 'wire'],
  boot: ['dispatch', 'game-server', 'measures', 'server'],
  single: ['acceptor', 'boot', 'game-server'],
  testing: [
    'acceptor',
    'application',
    'client-link',
    'game-server',
    'measures',
    'session-names',
    'single',
    'wire',
  ],
};

/**
 * The same of master: at the bottom how processes run, above it hosts, the lives of servers, what long operations are, what is done with servers,
 * the table of operations, and at the top the master and one of several.
 */
const belowInMaster: Record<string, readonly string[]> = {
  processes: [],
  topology: [],
  leases: [],
  accounts: [],
  approvals: ['accounts'],
  audit: [],
  blacklist: [],
  leadership: ['processes'],
  secret: ['processes'],
  hosts: ['processes'],
  runtime: ['hosts', 'leadership', 'processes', 'topology'],
  listener: ['hosts'],
  supervisor: ['hosts', 'processes', 'topology'],
  external: ['supervisor'],
  'long-operations': ['supervisor'],
  servers: ['hosts', 'long-operations', 'processes', 'supervisor', 'topology'],
  alerting: ['hosts'],
  shipping: ['audit', 'hosts'],
  feed: ['long-operations', 'servers', 'supervisor'],
  ops: ['servers', 'supervisor'],
  'master-options': [
    'accounts',
    'blacklist',
    'leadership',
    'leases',
    'listener',
    'long-operations',
    'servers',
    'topology',
  ],
  'master-parts': [
    ...['accounts', 'approvals', 'audit', 'blacklist', 'external', 'feed', 'hosts', 'leadership', 'leases'],
    ...[
      'listener',
      'long-operations',
      'master-options',
      'runtime',
      'secret',
      'servers',
      'supervisor',
      'topology',
    ],
  ],
  operations: [
    ...['accounts', 'approvals', 'audit', 'blacklist', 'external', 'feed', 'leadership', 'leases'],
    ...['long-operations'],
    ...['master-parts', 'secret', 'servers', 'supervisor', 'topology'],
  ],
  master: [
    ...[
      'accounts',
      'alerting',
      'approvals',
      'leadership',
      'long-operations',
      'master-options',
      'master-parts',
    ],
    ...['operations', 'ops', 'processes', 'runtime', 'secret', 'servers', 'shipping', 'topology'],
  ],
  candidate: ['accounts', 'blacklist', 'leadership', 'long-operations', 'master', 'processes', 'topology'],
  'master-candidate': [
    ...[
      'accounts',
      'candidate',
      'leadership',
      'listener',
      'long-operations',
      'master',
      'master-options',
      'operations',
    ],
    ...['ops', 'processes', 'runtime', 'secret', 'topology'],
  ],
};

/** Files of a package that others import it by: they export what is made below all rooms. */
const doors = new Set(['index', 'internal']);

/** Files that know each other only together, types counted, are read together: more than so many are too much to hold. */
const mostFilesOfKnot = 3;

/** Each third-party library is imported in one file, so that it can be swapped; these have a reason for more. */
const librariesInSeveralFiles = new Set(['zod', 'ws', 'listr2', 'yargs']);

interface Import {
  readonly file: string;
  readonly from: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const statics = [...text.matchAll(/^\s*(import|export)\s+(type\s)?([^'";]*?\sfrom\s+)?'([^']+)'/gm)].map(
    (match) => ({
      file,
      from: match[4]!,
      typeOnly: match[2] !== undefined || onlyTypes(match[3]),
      dynamic: false,
    }),
  );
  const dynamics = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map((match) => ({
    file,
    from: match[1]!,
    typeOnly: /typeof $/.test(text.slice(0, match.index)),
    dynamic: true,
  }));
  return [...statics, ...dynamics];
}

/** `{ type A, type B }` imports nothing at run time. */
function onlyTypes(clause: string | undefined): boolean {
  const names = /\{([\s\S]*)\}/.exec(clause ?? '')?.[1];
  if (names === undefined) return false;
  return names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

const packages = readdirSync(framework).filter((name) => name in mayImport);
const files = packages.flatMap((name) => sourceFiles(join(framework, name, 'src')));
const imports = files.flatMap(importsOf);
const packageOf = (file: string): string => relative(framework, file).split('/')[0]!;
const show = (file: string): string => relative(root, file);

describe('the architecture', () => {
  it('knows every package', () => {
    expect(readdirSync(framework).sort()).toEqual(Object.keys(mayImport).sort());
  });

  it('has arrows between packages only where ARCHITECTURE.md draws them', () => {
    const wrong = imports.filter(({ file, from }) => {
      const target = /^@pomelo-ts\/([a-z]+)/.exec(from)?.[1];
      if (target === undefined || mayImport[packageOf(file)]!.includes(target)) return false;
      const forTests = relative(framework, file).split('/')[2]!.startsWith('testing');
      return !(forTests && mayImportForTests[packageOf(file)]?.includes(target));
    });
    expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
  });

  it('has a web page that knows what browsers may: the views, and the libraries that are bundled into it', () => {
    const folder = join(root, 'web-admin/src');
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(({ name }) => /\.tsx?$/.test(name))
      .map(({ name, parentPath }) => join(parentPath, name));
    const may = /^(?:\.|@pomelo-ts\/views$|preact(?:\/hooks)?$|@preact\/signals$|uplot(?:\/|$)|uqr$)/;
    const wrong = names.flatMap(importsOf).filter(({ from }) => !may.test(from));
    expect(names.length).toBeGreaterThan(50);
    expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
  });

  it('lets the master and the game servers know each other by the link alone', () => {
    const wrong = imports.filter(
      ({ file, from }) =>
        (packageOf(file) === 'master' && from.startsWith('@pomelo-ts/core')) ||
        (packageOf(file) === 'core' && from.startsWith('@pomelo-ts/master')),
    );
    expect(wrong).toEqual([]);
  });

  it('has game servers know their master by the interface alone: what starts them chooses the link', () => {
    const dialing = /\b(joinCluster|DialedMasterLink|LinkHub)\b/;
    const users = files.filter(
      (file) => packageOf(file) === 'core' && dialing.test(readFileSync(file, 'utf8')),
    );
    expect(users.map(show).sort()).toEqual([
      'framework/core/src/boot/main.ts',
      'framework/core/src/single.ts',
    ]);
  });

  it('imports sister packages by what they export, never by their files', () => {
    const wrong = imports.filter(({ file, from }) => {
      if (/^@pomelo-ts\/[a-z]+\/(src|dist)/.test(from)) return true;
      if (!from.startsWith('.')) return false;
      return packageOf(resolve(dirname(file), from)) !== packageOf(file);
    });
    expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
  });

  it('never imports a package index from inside the package', () => {
    const wrong = imports.filter(({ file, from }) => {
      const target = from.startsWith('.') ? resolve(dirname(file), from) : '';
      return target === join(framework, packageOf(file), 'src', 'index.js');
    });
    expect(wrong.map(({ file }) => show(file))).toEqual([]);
  });

  it('loads what only developers need in one place of the command line, and only when a command asks for it', () => {
    const users = imports.filter(({ from, typeOnly }) => from === '@pomelo-ts/dev' && !typeOnly);
    expect(users.map(({ file, dynamic }) => [packageOf(file), dynamic])).toEqual([['cli', true]]);
  });

  it.each([
    ['core', belowInCore],
    ['master', belowInMaster],
  ])(
    'has arrows between the rooms of %s only where ADR 0020 draws them: none of two that know each other',
    (name, drawn) => {
      const src = join(framework, name, 'src');
      const roomOf = (path: string): string =>
        relative(src, path)
          .split('/')[0]!
          .replace(/\.[jt]s$/, '');
      const rooms = files.filter((file) => packageOf(file) === name).map(roomOf);
      expect([...new Set(rooms)].filter((room) => !doors.has(room)).sort()).toEqual(
        Object.keys(drawn).sort(),
      );
      const inside = imports.filter(({ file, from }) => packageOf(file) === name && from.startsWith('.'));
      const arrows = inside.map(({ file, from }) => ({
        file,
        from,
        to: roomOf(resolve(dirname(file), from)),
      }));
      const wrong = arrows.filter(({ file, to }) => {
        const own = roomOf(file);
        return own !== to && !doors.has(own) && !drawn[own]?.includes(to);
      });
      expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
      const unused = Object.entries(drawn).flatMap(([room, below]) =>
        below
          .filter((other) => !arrows.some(({ file, to }) => roomOf(file) === room && to === other))
          .map((other) => `${room} -> ${other}`),
      );
      expect(unused).toEqual([]);
      expect(findCycle(new Map(Object.entries(drawn)))).toBeUndefined();
    },
  );

  it('has no import cycle', () => {
    expect(findCycle(graphOf(imports.filter(({ typeOnly }) => !typeOnly)))?.map(show)).toBeUndefined();
  });

  it('has no knot of more than three files that know each other, be it by types', () => {
    const knots = knotsOf(graphOf(imports)).filter((knot) => knot.length > mostFilesOfKnot);
    expect(knots.map((knot) => knot.map(show).sort())).toEqual([]);
  });

  it('lets others import what test/public-exports.txt says, which `npm run docs` renews, and nothing else', () => {
    const known = readFileSync(join(root, 'test', 'public-exports.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(publicExports(framework)).toEqual(known);
  });

  it('is walked through in ARCHITECTURE.md by files and functions that there are', () => {
    const walks = [...walksOf(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')).values()];
    expect(walks).toHaveLength(8);
    for (const steps of walks) expect(steps.map(({ number }) => number)).toEqual(steps.map((_, i) => i + 1));
    const missing = walks.flat().filter(({ file, name }) => {
      const path = join(framework, file);
      return !existsSync(path) || statSync(path).isDirectory() || !declares(readFileSync(path, 'utf8'), name);
    });
    expect(missing).toEqual([]);
  });

  it('keeps protocol, the views and the browser client free of Node', () => {
    const wrong = imports.filter(
      ({ file, from, typeOnly }) =>
        ['protocol', 'views'].includes(packageOf(file)) && !typeOnly && !from.startsWith('.'),
    );
    expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
  });

  it('imports each third-party library in one file', () => {
    const users = new Map<string, Set<string>>();
    for (const { file, from, typeOnly } of imports) {
      if (typeOnly || from.startsWith('.') || from.startsWith('node:') || from.startsWith('@pomelo-ts/'))
        continue;
      const library = `${packageOf(file)}: ${from}`;
      users.set(library, (users.get(library) ?? new Set()).add(show(file)));
    }
    const several = [...users].filter(
      ([library, list]) => list.size > 1 && !librariesInSeveralFiles.has(library.split(': ')[1]!),
    );
    expect(several).toEqual([]);
  });

  it('has no server process import a CommonJS library, which Node reads for its names first: 35 ms of processor and 5 MB of each', () => {
    const ofServers = ['common', 'protocol', 'rpc', 'cluster', 'core'];
    const wrong = imports.filter(
      ({ file, from, typeOnly }) =>
        ofServers.includes(packageOf(file)) &&
        !typeOnly &&
        /^[a-z]/.test(from) &&
        !from.startsWith('node:') &&
        isCommonJs(from),
    );
    expect(wrong.map(({ file, from }) => `${show(file)} -> ${from}`)).toEqual([]);
  });

  it('has small files: half of them have at most 100 lines, none more than 400', () => {
    const lines = new Map(
      files.map((file) => [file, readFileSync(file, 'utf8').trimEnd().split('\n').length]),
    );
    const sorted = [...lines.values()].sort((one, other) => one - other);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(100);
    expect(files.filter((file) => lines.get(file)! > 400).map(show)).toEqual([]);
  });

  it('has files with kebab-case names', () => {
    const odd = files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(file.split('/').at(-1)!));
    expect(odd.map(show)).toEqual([]);
  });

  it('declares in each package.json exactly the libraries that its sources import', () => {
    for (const name of packages) {
      const { dependencies = {}, peerDependencies = {} } = JSON.parse(
        readFileSync(join(framework, name, 'package.json'), 'utf8'),
      ) as { dependencies?: Record<string, string>; peerDependencies?: Record<string, string> };
      const used = new Set(
        imports
          .filter(
            ({ file, from }) =>
              packageOf(file) === name && !from.startsWith('.') && !from.startsWith('node:'),
          )
          .map(({ from }) =>
            from
              .split('/')
              .slice(0, from.startsWith('@') ? 2 : 1)
              .join('/'),
          ),
      );
      used.delete(name === 'cli' ? 'pomelo-ts' : `@pomelo-ts/${name}`);
      expect([name, ...Object.keys({ ...dependencies, ...peerDependencies }).sort()]).toEqual([
        name,
        ...[...used].sort(),
      ]);
    }
  });
});

/** Whether Node finds a CommonJS module where a library is imported; it is asked in a process of its own, as tests resolve otherwise. */
function isCommonJs(from: string): boolean {
  const print = `process.stdout.write(import.meta.resolve(${JSON.stringify(from)}))`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', print], { cwd: root });
  const file = fileURLToPath(String(stdout));
  if (/\.[cm]js$/.test(file)) return file.endsWith('.cjs');
  const { type } = JSON.parse(readFileSync(join(folderOf(file), 'package.json'), 'utf8')) as {
    type?: string;
  };
  return type !== 'module';
}

/** The package that a file is of. */
const folderOf = (file: string): string => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)![0];

/** Which files of a package each of them imports. */
function graphOf(list: readonly Import[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { file, from } of list) {
    if (!from.startsWith('.')) continue;
    const target = resolve(dirname(file), from).replace(/\.js$/, '.ts');
    graph.set(file, [...(graph.get(file) ?? []), target]);
  }
  return graph;
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
