import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./run.mjs', import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });

describe('npm run chaos', () => {
  it.each(['--help', '-h'])('tells what it takes with %s', (option) => {
    const { status, stdout, stderr } = run(option);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const known of ['--seeds', '--seconds', '--mutations', '--only']) expect(stdout).toContain(known);
  });

  it.each([
    [['--nosuch'], "Unknown option '--nosuch'"],
    [['--seeds', 'all'], 'expected --seeds as 7, 1-40 or 3,5,8'],
    [['--seeds', '9-3'], 'expected --seeds as 7, 1-40 or 3,5,8'],
    [['--seconds', 'long'], '--seconds as a number'],
    [['--mutations', '--only', 'nosuch'], 'there is no nosuch; there are answered-twice'],
  ])('says what is wrong with %j, and what it takes, without a stack', (args, what) => {
    const { status, stdout, stderr } = run(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(what);
    expect(stderr).toContain('npm run chaos -- ');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
