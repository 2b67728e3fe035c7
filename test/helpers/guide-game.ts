import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, RunningCommand } from './cluster-process.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** What every project has and no guide repeats. */
const ownFiles = {
  'package.json': JSON.stringify({ name: 'guide', type: 'module', 'pomelo-ts': { app: 'dist' } }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      ...{
        target: 'es2022',
        module: 'nodenext',
        lib: ['es2023', 'esnext.disposable', 'dom'],
        types: ['node'],
      },
      ...{ strict: true, noUncheckedIndexedAccess: true, noUnusedLocals: true, verbatimModuleSyntax: true },
      ...{ rootDir: '.', outDir: 'dist' },
    },
    include: ['app.ts', 'app', 'client', 'test'],
  }),
  'vitest.config.js':
    "export default { test: { include: ['test/**/*.test.ts'], root: import.meta.dirname } };\n",
};

/** The files that a page shows: code blocks that begin with their own name, such as `// app/contract.ts`. */
export function filesOfPage(page: string): Readonly<Record<string, string>> {
  const text = readFileSync(join(repository, page), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^```(?:ts|js|json5)\n\/\/ (\S+\.(?:ts|js|json5))\n([\s\S]*?)^```$/gm)].map(
      ([, file, code]) => [file!, code!],
    ),
  );
}

/** The game of a guide's page, in a folder of its own with the packages installed. */
export class GuideGame implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-guide-'));

  constructor(files: Readonly<Record<string, string>>) {
    symlinkSync(join(repository, 'node_modules'), join(this.root, 'node_modules'));
    for (const [path, text] of Object.entries({ ...ownFiles, ...files })) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  /** Runs `pomelo-ts` here. */
  run(...args: string[]): Promise<CommandResult> {
    return new RunningCommand([...args, '--directory', this.root], { NO_COLOR: '1' }).ended;
  }

  /** What tsc says while it compiles. */
  compile(): Promise<string> {
    return this.#node(['typescript/bin/tsc', '-p', this.root, '--pretty', 'false']);
  }

  /** Runs the tests that the page shows; gives how many there are, and throws what vitest says when not all pass. */
  async test(): Promise<number> {
    const file = join(this.root, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`];
    const output = await this.#node(['vitest/vitest.mjs', 'run', '--no-color', ...reporters]);
    const report = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (!report['success'] || report['numPassedTests'] !== report['numTotalTests']) throw new Error(output);
    return report['numPassedTests'] as number;
  }

  #node([script, ...args]: string[]): Promise<string> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(repository, 'node_modules', script!), ...args],
        { cwd: this.root, maxBuffer: 1 << 24 },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}
