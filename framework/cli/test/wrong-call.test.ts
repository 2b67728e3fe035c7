import { describe, expect, it } from 'vitest';
import { main } from '../src/cli.js';
import { cliReference } from '../src/reference.js';
import { commandNames } from '../src/wrong-call.js';

/** What the command line says to a call that it cannot carry out. */
async function saidTo(...args: string[]): Promise<string> {
  const said: string[] = [];
  const terminal = { out: () => {}, err: (text: string) => said.push(text), live: false, colours: false };
  expect(await main(args, terminal)).toBe(2);
  return said.join('\n').replace(/\nTry pomelo-ts .*--help\.$/, '');
}

describe('a wrong call', () => {
  it.each([
    ['-e production strat', 'error There is no command strat. Did you mean start?'],
    ['strat --id chat-1', 'error There is no command strat. Did you mean start?'],
    ['-d start lst', 'error There is no command lst. Did you mean list?'],
    [
      'frob',
      'error There is no command frob. Known are init, start, run, dev, list, stop, console, top, profile, users, inspect, leases, trace, kick, rpc, eval, remote, blacklist, kill, restart, reload, drain, undrain, loglevel, operations, add, remove, logs, doctor, account, key, audit, approvals, gen, robot, migrate, config, secret.',
    ],
    ['config chek', 'error There is no command config chek. Did you mean config check?'],
    ['-e test config pirnt', 'error There is no command config pirnt. Did you mean config print?'],
    ['config x', 'error There is no command config x. Known are check, print, reload.'],
    ['list strat', 'error Unknown argument: strat'],
    ['config check strat', 'error Unknown argument: strat'],
    ['start --deamon', 'error Unknown argument: deamon'],
    ['restart --no-watch', 'error Unknown argument: no-watch'],
    ['reload --no-watch', 'error Unknown argument: no-watch'],
    ['config reload --no-watch', 'error Unknown argument: no-watch'],
    ['restart --no-host', 'error Unknown argument: no-host'],
    ['stop --no-host', 'error Unknown argument: no-host'],
    ['init game --no-template', 'error Unknown argument: no-template'],
    ['add chat --no-file', 'error Unknown argument: no-file'],
    ['gen --no-diff', 'error Unknown argument: no-diff'],
    [
      'start --master https://a.example',
      'error pomelo-ts start works with what is on this machine, and takes no --master: give it on a host of the cluster.',
    ],
    [
      'config check --master=https://a.example --token-file key',
      'error pomelo-ts config check works with what is on this machine, and takes no --master: give it on a host of the cluster.',
    ],
    [
      'stop --master https://a.example',
      'expected ids, --type or --host with --master: what ends a whole cluster is told on a host of its masters (pomelo-ts stop there)',
    ],
    [
      'kill --master https://a.example',
      'expected ids with --master: what ends a whole cluster is told on a host of its masters (pomelo-ts kill there)',
    ],
    ['trace', 'error Expected pomelo-ts trace <uid>'],
    ['eval chat-1 -e production', 'error Expected pomelo-ts eval <id> <code>'],
    ['operations watch', 'error Expected pomelo-ts operations watch <id>'],
    ['list --no-env', 'error Unknown argument: no-env'],
    ['list --no-json', 'error Unknown argument: no-json'],
    [
      'operations watch abc',
      'error expected the number of an operation, as pomelo-ts operations shows it; got abc',
    ],
    [
      'operations end 1.5',
      'error expected the number of an operation, as pomelo-ts operations shows it; got 1.5',
    ],
    ['restart --at-once abc', 'expected --at-once as a whole number above 0; got abc'],
    ['restart --at-once 1 --at-once 2.5', 'expected --at-once as a whole number above 0; got 2.5'],
    ['', 'error Expected a command.'],
    ['config', 'error Expected check, print or reload.'],
  ])('"pomelo-ts %s" is answered by "%s"', async (call, answer) => {
    expect(await saidTo(...call.split(' ').filter(Boolean))).toBe(answer);
  });

  it('names the help of the command that it meant', async () => {
    const said = async (...args: string[]) => {
      const lines: string[] = [];
      await main(args, { out: () => {}, err: (text) => lines.push(text), live: false, colours: false });
      return lines.join('\n').split('\n').at(-1);
    };
    expect(await said('trace')).toBe('Try pomelo-ts trace --help.');
    expect(await said('operations', 'watch', '-e', 'production')).toBe(
      'Try pomelo-ts operations watch --help.',
    );
    expect(await said('audit', '-n', '3')).toBe('Try pomelo-ts audit --help.');
    expect(await said('strat')).toBe('Try pomelo-ts --help.');
  });

  it('is looked for among all commands that the help shows', async () => {
    const shown = [...(await cliReference()).matchAll(/^ {2}pomelo-ts (\w+)(?: (\w+))?/gm)];
    const words = new Set(shown.map(([, command]) => command!));
    expect([...words].sort()).toEqual([...new Set(commandNames.map((name) => name.split(' ')[0]!))].sort());
  });
});

/** What reads files of this machine, or begins and ends processes of it. */
const ofThisMachine = [
  ...['init', 'start', 'run', 'dev', 'doctor', 'gen', 'robot', 'migrate'],
  ...['config check', 'config print', 'secret reload'],
];

it('every command that only asks a master takes one elsewhere, and no other command does', async () => {
  const pages = new Map(
    (await cliReference()).split(/^## /m).map((page) => [page.slice(0, page.indexOf('\n')), page] as const),
  );
  const without = commandNames.filter((name) => !/--master +address of an admin/.test(pages.get(name)!));
  expect(without).toEqual(ofThisMachine);
});
