import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { neverComes } from '@pomelo-ts/cluster/cron';
import { fromPomeloCron } from '@pomelo-ts/cluster/internal';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { readJson5 } from '@pomelo-ts/common/config';
import { type Finding, lineAt } from './finding.js';

/** The environments that `config/` has a topology for. */
export function environmentsOf(root: string): string[] {
  const config = join(root, 'config');
  if (!existsSync(config)) return [];
  const folders = readdirSync(config).filter(
    (name) => statSync(join(config, name)).isDirectory() && existsSync(join(config, name, 'servers.json')),
  );
  const named = Object.entries(objectIn(join(config, 'servers.json')))
    .filter(([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value))
    .map(([name]) => name);
  return [...new Set([...named, ...folders])];
}

/** Everything that `config check` would say, for every environment. */
export function checkTopology(root: string): Finding[] {
  const environments = environmentsOf(root);
  const all = (environments.length > 0 ? environments : ['development']).flatMap((env) =>
    problemsFor(root, env),
  );
  return [...new Map(all.map((finding) => [`${finding.file} ${finding.what}`, finding])).values()];
}

function problemsFor(root: string, env: string): Finding[] {
  try {
    loadClusterConfig({ root, env, appDir: root });
    return [];
  } catch (error) {
    if (!isPomeloError(error, 'CONFIG_INVALID'))
      return [{ kind: 'change', file: 'config', what: reasonOf(error), cure: 'mend it' }];
    return String(error.facts.problems).split('\n').map(problemOf);
  }
}

/** One line of the error, `file: path: message`. */
function problemOf(line: string): Finding {
  const [file = '', ...rest] = line.trim().split(': ');
  const what = rest.length > 1 ? rest[0]! : 'the file';
  return { kind: 'change', file, what, cure: rest.slice(rest.length > 1 ? 1 : 0).join(': ') };
}

/** Crons whose months are numbers, which the file cannot say the meaning of. */
export function checkCrons(root: string, stepped: boolean): Finding[] {
  const files = ['config/crons.json', ...environmentsOf(root).map((env) => `config/${env}/crons.json`)];
  return files.flatMap((file) => {
    const path = join(root, file);
    if (!existsSync(path)) return [];
    const text = readFileSync(path, 'utf8');
    return [...text.matchAll(/"time"\s*:\s*"([^"]+)"/g)].flatMap((match): Finding[] => {
      const time = match[1]!;
      const [, , , , month = '*', ...more] = time.trim().split(/\s+/);
      const ambiguous = /\d/.test(month) || /(^|\s)\d+\/\d+(\s|$)/.test(time);
      if (!ambiguous || more.length === 0) return [];
      const said = fromPomeloCron(time, stepped);
      const cure = said === undefined || neverComes(said) ? 'it never comes: take it out' : `write "${said}"`;
      return [{ kind: 'change', file, line: lineAt(text, match.index), what: `the time "${time}"`, cure }];
    });
  });
}

/** Roles of the levels that pomelo's admin knows: 1 may do all. */
const roleOf = (level: unknown): string => (Number(level) === 1 ? 'admin' : 'viewer');

/** Users of pomelo's admin, with the command that makes the account of each. */
export function checkUsers(root: string): Finding[] {
  const folders = ['config', ...environmentsOf(root).map((env) => `config/${env}`)];
  return folders.flatMap((folder) => {
    const file = `${folder}/adminUser.json`;
    const users = Object.values(objectIn(join(root, file))) as readonly unknown[];
    return users.flatMap((user): Finding[] => {
      const { username, level } = (user ?? {}) as { readonly username?: unknown; readonly level?: unknown };
      if (typeof username !== 'string' || !/^[\w.@-]{1,64}$/.test(username)) return [];
      const cure = `pomelo-ts account add ${username} --role ${roleOf(level)} prints a link by which they choose a password: the one in the file is known to all who could read it`;
      return [{ kind: 'idle', file, what: `the account ${username}`, cure }];
    });
  });
}

/** Files that nothing reads any more. */
export function checkFiles(root: string, unread: Readonly<Record<string, string>>): Finding[] {
  const folders = ['config', ...environmentsOf(root).map((env) => `config/${env}`)];
  return folders.flatMap((folder) =>
    Object.entries(unread)
      .filter(([name]) => existsSync(join(root, folder, name)))
      .map(([name, cure]): Finding => ({ kind: 'idle', file: `${folder}/${name}`, what: 'the file', cure })),
  );
}

function objectIn(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    return readJson5(file) as Record<string, unknown>;
  } catch {
    return {}; // what is wrong with it, the check of the topology tells
  }
}
