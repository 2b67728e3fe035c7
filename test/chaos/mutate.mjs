// npm run chaos -- --mutations: in a copy of the repository, breaks the product in one way after the other, and looks whether a run tells
// which promise is not kept. The same runs without a change come first: those must find nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = fileURLToPath(new URL('./mutations', import.meta.url));
/** So that a run takes half a minute. */
const players = 60;
/** Of the root alone. */
const notCopied = ['.git', 'node_modules', 'logs', '.pomelo-ts'];

/** Runs the mutations with these names, or all; prints a table, and gives whether each was told. */
export async function runMutations(only) {
  const mutations = await mutationsOf(only);
  const copy = mkdtempSync(join(tmpdir(), 'pomelo-ts-mutations-'));
  const leave = async () => {
    const ended = running && once(running, 'close');
    running?.kill('SIGINT');
    await ended;
    rmSync(copy, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', leave);
  try {
    copyRepository(copy);
    const rows = [];
    for (const { seed, seconds } of distinctRuns(mutations)) {
      say(`nothing is changed, seed ${seed}`);
      rows.push(controlRow(seed, await runIn(copy, { seed, seconds })));
      say(rows.at(-1).join(' | '));
    }
    for (const [name, mutation] of mutations) {
      say(`${name}: ${mutation.reason}`);
      const found = await mutated(copy, mutation);
      rows.push(rowOf(name, mutation, found));
      say([rows.at(-1)[3], ...(found.problems ?? [])].join('\n  '));
    }
    process.stdout.write(`\n${tableOf(rows)}`);
    return rows.every(([, , , came]) => came === expected.caught || came === expected.nothing);
  } finally {
    process.off('SIGINT', leave);
    rmSync(copy, { recursive: true, force: true });
  }
}

const expected = { caught: 'told', nothing: 'nothing, as it must' };

async function mutationsOf(only) {
  const names = readdirSync(folder)
    .map((file) => file.replace(/\.mjs$/, ''))
    .sort();
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`there is no ${unknown}; there are ${names.join(', ')}`);
  const chosen = only ?? names;
  const load = async (name) => [name, (await import(join(folder, `${name}.mjs`))).default];
  return Promise.all(chosen.map(load));
}

function distinctRuns(mutations) {
  return [
    ...new Map(mutations.map(([, { seed, seconds }]) => [`${seed} ${seconds}`, { seed, seconds }])).values(),
  ];
}

/** With all that was built, so that little is built again; what is installed is shared, and packages of this repository are those of the copy. */
function copyRepository(copy) {
  say('copying the repository');
  cpSync(root, copy, {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
    filter: (from) => !notCopied.includes(relative(root, from)),
  });
  linkInstalled(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function linkInstalled(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const path = join(from, name);
    if (lstatSync(path).isSymbolicLink()) cpSync(path, join(to, name), { verbatimSymlinks: true });
    else if (name.startsWith('@')) linkInstalled(path, join(to, name));
    else if (!name.startsWith('.vite')) symlinkSync(path, join(to, name));
  }
}

/** What a run of a changed product finds. */
async function mutated(copy, { promise, seed, seconds, edits }) {
  const files = new Map();
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const text = readFileSync(path, 'utf8');
    if (!files.has(path)) files.set(path, text);
    if (text.split(find).length !== 2) return { failure: `${file} does not have it once` };
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
  try {
    return await runIn(copy, { seed, seconds, until: promise });
  } finally {
    for (const [path, text] of files) writeFileSync(path, text);
  }
}

async function runIn(copy, { seed, seconds, until }) {
  const built = await run(copy, process.execPath, ['bin/build.mjs'], process.env);
  if (built.code !== 0) return { failure: `it does not build: ${built.text}` };
  const problems = join(copy, 'chaos-problems.json');
  rmSync(problems, { force: true });
  const env = {
    ...process.env,
    CHAOS_SEEDS: String(seed),
    CHAOS_SECONDS: String(seconds),
    CHAOS_PLAYERS: String(players),
    CHAOS_PROBLEMS: problems,
    ...(until && { CHAOS_UNTIL: until }),
  };
  const vitest = join('node_modules', '.bin', 'vitest');
  const { text } = await run(copy, vitest, ['run', '--project', 'chaos', 'test/chaos/chaos.test.ts'], env);
  if (!existsSync(problems)) return { failure: `the run did not come to its end: ${text.slice(-3000)}` };
  return { problems: JSON.parse(readFileSync(problems, 'utf8')) };
}

/** What is run just now. */
let running;

async function run(cwd, command, args, env) {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const [code] = await once(child, 'close');
  running = undefined;
  return { code, text };
}

function controlRow(seed, { failure, problems }) {
  const came = failure ?? (problems.length === 0 ? expected.nothing : problems.join('; '));
  return ['none', '', seed, came, ''];
}

function rowOf(name, { promise, seed }, { failure, problems }) {
  if (failure) return [name, promise, seed, failure, ''];
  const told = problems.find((problem) => problem.startsWith(`${promise}: `));
  const besides = new Set(problems.map((problem) => problem.split(': ')[0]).filter((one) => one !== promise));
  const came = told ? expected.caught : 'NOT told';
  return [
    name,
    promise,
    seed,
    came,
    [told?.slice(promise.length + 2, 200), ...besides].filter(Boolean).join('; '),
  ];
}

function tableOf(rows) {
  const lines = [
    ['mutation', 'promise', 'seed', 'result', 'what was told, and which promises besides'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return lines
    .map(
      (row) =>
        `| ${row.map((cell) => String(cell).replaceAll('|', '/').replaceAll('\n', ' ')).join(' | ')} |\n`,
    )
    .join('');
}

const say = (line) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
