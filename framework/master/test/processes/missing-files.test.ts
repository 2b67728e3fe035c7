import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@pomelo-ts/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireArgFiles } from '../../src/hosts/arg-files-there.js';
import { missingFilesIn } from '../../src/processes/missing-files.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-missing-files-'));
  mkdirSync(join(root, 'node_modules', 'there'), { recursive: true });
  writeFileSync(join(root, 'node_modules', 'there', 'package.json'), '{"exports":{"./hook":"./hook.js"}}');
  for (const file of ['node_modules/there/hook.js', 'hook.js', '.env'])
    writeFileSync(join(root, file), 'process.exit(5)');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a start says of servers with these args on a host that has the folder. */
const said = (argsOf: Readonly<Record<string, readonly string[]>>, asked: unknown[] = []) =>
  requireArgFiles(
    {
      name: 'game-b',
      missingFiles: (options) => {
        asked.push(options);
        return missingFilesIn(root, options, systemClock);
      },
    },
    Object.entries(argsOf).map(([id, args]) => ({ id, args })),
  ).then(
    () => undefined,
    (error: Error) => error.message,
  );

describe('files that args name, on the host that servers run on', () => {
  it('are told once for all servers, in the words of the check, and packages are looked for as node does', async () => {
    const same = ['--import=absent/hook', '--env-file', '.env'];
    expect(
      await said({ 'chat-1': same, 'chat-2': ['--inspect=9229', ...same], 'chat-3': ['-r', './no'] }),
    ).toBe(
      `The args of chat-1, chat-2, chat-3 name files that are not on game-b:
  expected a module that is found from ${root}, which absent/hook is not, got --import=absent/hook
  expected a module, which ${join(root, 'no')} is not, got -r ./no
Put them there as on the master’s host, or mend args in servers.json.`,
    );
  });

  it('may be there, and nothing of them is run', async () => {
    const there = ['--import', 'there/hook', '-r', './hook.js', '--import=node:fs', '--env_file=.env'];
    expect(await said({ 'chat-1': there, 'chat-2': [...there, '--trace-event-file-pattern', 'x.log'] })).toBe(
      undefined,
    );
  });

  it('are not asked for where there are none, and once where many servers name the same', async () => {
    const asked: unknown[] = [];
    await said({ 'chat-1': ['--inspect=9229', '--max-old-space-size=64'], 'chat-2': [] }, asked);
    expect(asked).toEqual([]);
    const args = ['-r', './hook.js'];
    await said({ 'chat-1': ['--inspect=9229', ...args], 'chat-2': args, 'chat-3': ['--expose-gc'] }, asked);
    expect(asked).toEqual([[[args]]]);
  });

  it('are left to the start when there is no time to ask node', async () => {
    let now = 0;
    const clock = { ...systemClock, now: () => (now += 6000) };
    expect(
      await missingFilesIn(
        root,
        [
          [
            ['--import', 'absent/hook'],
            ['-r', './no'],
          ],
        ],
        clock,
      ),
    ).toEqual([[`expected a module, which ${join(root, 'no')} is not, got -r ./no`]]);
  });
});
