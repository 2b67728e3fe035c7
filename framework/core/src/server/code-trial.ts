import { spawn } from 'node:child_process';
import { type CodeTrial, loadedFd, loadedWord } from './trial-word.js';

/** What came of trying the code that is on the disk now. */
export type TrialResult =
  | { readonly verdict: 'fine' }
  /** It does not load. */
  | { readonly verdict: 'broken'; readonly reason: string }
  /** Nobody knows. */
  | { readonly verdict: 'untried'; readonly reason: string };

/** How a trial is made. */
export interface TrialOptions extends CodeTrial {
  /** Arguments of Node that the next process gets. */
  readonly args: readonly string[];
  /** Working directory. */
  readonly root: string;
  readonly timeoutMs: number;
  /** Script of the process. @default that of this one */
  readonly script?: string;
}

/** Signals by which a process ends of its own: it has crashed. Others are sent by somebody, or by the kernel for want of memory. */
const crashes: ReadonlySet<string> = new Set([
  'SIGABRT',
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGTRAP',
  'SIGFPE',
  'SIGSYS',
]);

/** How long a trial may go on by itself when the process that watches its time is held up, in ms. */
const graceMs = 5000;
/** How long the last words of a process may come after its end, in ms. What it has left behind may hold its standard error for ever. */
const lastWordsMs = 300;

/** Most of what a process may say of its mistake, in characters. */
const longestReason = 8192;

/**
 * Has another process load the code that a server of this type runs, with the arguments that its next process gets. That is what tells
 * a mistake before the process that runs well is ended for it.
 */
export function runTrial(options: TrialOptions): Promise<TrialResult> {
  const { args, root, timeoutMs, script = process.argv[1]!, appDir, type } = options;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args, script], {
      cwd: root,
      stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    });
    const trial = { appDir, type, parent: process.pid, lastsMs: timeoutMs + graceMs };
    let said = '';
    let word = '';
    const settle = (result: TrialResult) => {
      clearTimeout(timer);
      for (const stream of child.stdio) stream?.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      settle({ verdict: 'broken', reason: `it did not load within ${timeoutMs / 1000} s` });
    }, timeoutMs);
    child.stdio[loadedFd]!.on('data', (chunk: Buffer) => {
      word = (word + chunk.toString('latin1')).slice(0, loadedWord.length);
    });
    child.stderr!.on('data', (chunk: Buffer) => {
      if (said.length < longestReason) said += chunk.toString('utf8');
    });
    child.stdin!.on('error', () => {}); // it may end before it reads: its exit tells
    child.stdin!.write(`${JSON.stringify({ trial })}\n`);
    child.once('error', ({ message }) => settle({ verdict: 'untried', reason: message }));
    const judge = (code: number | null, signal: NodeJS.Signals | null) => {
      if (code === 0 && word === loadedWord) settle({ verdict: 'fine' });
      else if (signal && !crashes.has(signal))
        settle({ verdict: 'untried', reason: `it ended with ${signal}` });
      else settle({ verdict: 'broken', reason: whyBroken(said, code, signal) });
    };
    child.once('close', judge);
    // What has come until the time is over is read in the same round, and judged after it.
    child.once('exit', (...how) => setTimeout(() => setImmediate(judge, ...how), lastWordsMs));
  });
}

/** Of the last words of Node in a process that crashes, what it wanted or where in the code it was: all else is of Node itself. */
function whyBroken(said: string, code: number | null, signal: string | null): string {
  if (signal === null) return mistakeIn(said) || `it ended with exit code ${code} before it had loaded`;
  const fatal = /^FATAL ERROR: .*/m.exec(said)?.[0];
  const place = /JavaScript stack trace -----\s+1: (.*)/.exec(said)?.[1];
  return `its process crashed with ${signal}${fatal ? `: ${fatal}` : ''}${place ? `\nat ${place}` : ''}`;
}

/** What a process has said of its mistake, up to the line that names it: what follows is of Node. */
export function mistakeIn(said: string): string {
  const lines = said.slice(0, longestReason).trim().split('\n');
  const named = lines.findIndex((line) => /^\[?SyntaxError\b/.test(line));
  return (named < 0 ? lines : lines.slice(0, named + 1)).filter((line) => line.trim()).join('\n');
}
