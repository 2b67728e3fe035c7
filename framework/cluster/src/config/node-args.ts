import { spawnSync } from 'node:child_process';
import { missingFilesOf } from './arg-files.js';
import { triableOf, trialCode } from './trial-args.js';

/** Options that have node do something else than run the script of a server. */
const otherWork: ReadonlySet<string> = new Set([
  '-e',
  '--eval',
  '-p',
  '-pe',
  '--print',
  '-c',
  '--check',
  '-i',
  '--interactive',
  '-v',
  '--version',
  '-h',
  '--help',
  '--v8-options',
  '--completion-bash',
  '--test',
  '--watch',
  '--watch-path',
  '--run',
  '--prof-process',
  '--build-snapshot',
  '--experimental-sea-config',
  '--input-type',
]);

/** How long node may take to look at its options, in ms: a machine may be busy. */
const answerMs = 10_000;

/**
 * What this node refuses of the options in `args`, each as a text for a person. Node itself is asked, and runs nothing of the game: beside
 * `--version` it reads its options and no more. Options that show only in a run whether they can be had are tried by one.
 *
 * @param here whether the servers run on this machine, so that the files that options name are looked for
 */
export function problemsOfArgs(args: readonly string[], root: string, here: boolean): readonly string[] {
  if (args.length === 0) return [];
  const refused = (some: readonly string[]) => refusalOf(some, root);
  const problems: string[] = [];
  const options: string[][] = [];
  for (const word of args) {
    const last = options.at(-1);
    if (word.startsWith('-') && word !== '-' && word !== '--') options.push([word]);
    else if (last?.length === 1 && !last[0]!.includes('=') && takesValue(last[0]!, refused)) last.push(word);
    else
      problems.push(
        `expected options of node alone, got ${JSON.stringify(word)}, which node would take for the script to run`,
      );
  }
  const missing = here ? missingFilesOf(options, root) : new Map<readonly string[], string>();
  problems.push(...missing.values());
  const usable = options.filter((option) => {
    const [name = ''] = option;
    const plain = name.replace(/=.*$/s, '').replaceAll('_', '-');
    if (missing.has(option)) return false;
    if (!otherWork.has(plain)) return true;
    problems.push(`expected options for a server, got ${name}, with which node runs none`);
    return false;
  });
  if (refused(usable.flat()) === undefined) {
    const ended = endedBy(triableOf(usable), root);
    return ended === undefined ? problems : [...problems, ended];
  }
  const alone = usable.flatMap((option) => refused(option) ?? []);
  // Some are refused only beside others, or for want of others.
  return [...problems, ...(alone.length > 0 ? alone : [refused(usable.flat())!])];
}

/** Whether the option's value is the word after it. */
const takesValue = (option: string, refused: (args: readonly string[]) => string | undefined): boolean =>
  refused([option])?.includes('requires an argument') ?? false;

/** The words of node about options that it refuses; undefined when it takes them, or cannot be asked. */
function refusalOf(args: readonly string[], root: string): string | undefined {
  const { status, stderr } = runNode(['--version', ...args], root);
  if (status === 0 || status === null) return undefined;
  const words = wordsIn(stderr);
  return `expected options of node ${process.version}, got ${JSON.stringify(args.join(' '))}: ${words}`;
}

/** By what node ends as soon as it runs with these options; undefined when it works with them, or cannot be asked. */
function endedBy(args: readonly string[], root: string): string | undefined {
  if (args.length === 0) return undefined;
  const { status, signal, stderr } = runNode([...args, '-e', trialCode], root);
  if (status === 0 || (status === null && signal === 'SIGTERM')) return undefined; // it was given up
  const words = wordsIn(stderr) || `it ends with ${signal ?? `exit code ${status}`}`;
  return `expected options that node ${process.version} can run with, got ${JSON.stringify(args.join(' '))}: ${words}`;
}

function runNode(args: readonly string[], root: string) {
  return spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    timeout: answerMs,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** What of node's output says why, in one line. */
function wordsIn(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const own =
    lines.find((line) => /^(?:\w*Error\b.*|FATAL ERROR): /.test(line)) ??
    lines.find((line) => line !== '') ??
    '';
  return own
    .replace(/^Error: /, '')
    .replace(`${process.execPath}: `, '')
    .replace(/^\S*node: /, '');
}
