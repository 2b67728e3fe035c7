import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import JSON5 from 'json5';
import { expect, onTestFinished, test } from 'vitest';
import { foreignEnv, movePorts, npm, RunningScript } from '../helpers/workshop.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The lines of all blocks of commands on a page. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(repository, 'docs', page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, code]) => code!.trimEnd().split('\n'));
}

/** A copy of this repository, as somebody has it who has set up a clone. */
function copyTo(folder: string): void {
  const left = new Set(['.git', 'logs', '.pomelo-ts'].map((name) => join(repository, name)));
  const filter = (path: string) => !left.has(path);
  cpSync(repository, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, filter });
}

/** Runs a line in a shell, to its good end. */
function run(line: string, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', line], { cwd, env: foreignEnv(), maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${line} failed:\n${stdout}${stderr}`)) : resolve(),
    );
  });
}

/** Has a script of npm run until it says `text`, looks whether its page is there, and ends it with Ctrl-C. */
async function serve(game: string, args: readonly string[], text: string): Promise<void> {
  const running = new RunningScript(game, args);
  try {
    await running.says(text);
    const servers = JSON5.parse(readFileSync(join(game, 'config/servers.json5'), 'utf8'));
    const page = async () =>
      (await fetch(`http://127.0.0.1:${servers.development.gate[0].clientPort}/`)).text();
    // The dev mode bundles it meanwhile.
    await expect.poll(page).toContain('<form id="join"');
  } finally {
    await running.end();
  }
}

test('the guide to a game from a clone does what it says, in both languages', async () => {
  const commands = commandsOf('guides/from-a-clone.md');
  expect(commandsOf('zh/from-a-clone.md')).toEqual(commands);
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-from-a-clone-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }));
  const { repository: published } = JSON.parse(
    readFileSync(join(repository, 'framework/cli/package.json'), 'utf8'),
  );
  let folder = root;
  for (const command of commands) {
    const [program, ...args] = command.split(' ');
    // What was committed last is not what is tested here.
    if (command === `git clone ${published.url.replace('git+', '')}`) copyTo(join(root, 'pomelo-ts'));
    else if (program === 'cd') folder = join(folder, args[0]!);
    else if (command === 'npm run dev') await serve(folder, args, 'watching .');
    else if (command === 'npm start') await serve(folder, args, '5 servers ready');
    else if (command === 'npm install')
      await npm(folder, ...args, '--prefer-offline', '--no-audit', '--no-fund');
    else await run(command, folder);
    if (args.includes('init')) await movePorts(join(folder, '../my-game'));
  }
});
