import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run bench', () => {
  it('measures a floor and ours beside each other, with measures and without, and prints the ratio', async () => {
    const chosen = ['--quick', '--rounds', '1', '--only', 'echo-backend,rpc-depth-32', '--unmeasured'];
    const args = ['test/bench/run.mjs', ...chosen];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 90_000 });
    expect(stdout).toMatch(/^echo-backend +CPU us\/request +[\d.]+ +[\d.]+ +[\d.]+x +[\d.]+ +[\d.]+x/m);
    expect(stdout).toMatch(/^rpc-depth-32 +CPU us\/call +[\d.]+ +[\d.]+ +[\d.]+x +[\d.]+ +[\d.]+x/m);
  });
});
