import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorTable } from '../../../framework/common/src/errors.js';
import { commandLine, eventually, repositoryRoot } from '../../helpers/cluster-process.js';
import { EtcdCluster } from '../../helpers/etcd.js';
import { commandOf } from '../../helpers/many-hosts.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

const page = readFileSync(
  fileURLToPath(new URL('../../../docs/guides/many-hosts.md', import.meta.url)),
  'utf8',
);
const place = '/srv/game';

let lab: NetLab;
beforeAll(async () => {
  lab = await NetLab.up(3);
  await Promise.all(lab.hosts.map(furnish));
});
afterAll(() => lab?.[Symbol.asyncDispose]());

/** Gives a host what the page takes for granted: the game in its folder, the operator's key, and the command. */
async function furnish(host: LabHost): Promise<void> {
  const own = join(lab.directory, host.address);
  const [game, home, bin] = ['game', 'home', 'bin'].map((name) => join(own, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(game, 'config'), { recursive: true });
  const app = join(repositoryRoot, 'game-server', 'dist');
  writeFileSync(join(game, 'package.json'), JSON.stringify({ version: '1.0.0', 'pomelo-ts': { app } }));
  mkdirSync(join(home, '.ssh'), { recursive: true, mode: 0o700 });
  for (const file of ['id_ed25519', 'id_ed25519.pub'])
    cpSync(join(lab.directory, file), join(home, '.ssh', file));
  mkdirSync(bin);
  writeFileSync(join(bin, 'pomelo-ts'), `#!/bin/sh\nexec ${process.execPath} ${commandLine} "$@"\n`, {
    mode: 0o755,
  });
  const mounts = [
    'mount -t tmpfs tmpfs /srv',
    `mkdir ${place} && mount --bind ${game} ${place}`,
    `mount --bind ${home} /root`,
    `mount --bind ${bin} /usr/local/bin`,
  ];
  expect(await shell(host, mounts.join(' && '), '/')).toEqual({ code: 0, stdout: '', stderr: '' });
}

async function shell(host: LabHost, line: string, folder = place) {
  const child = host.begin('bash', ['-c', `cd ${folder} && ${line}`], { HOME: '/root', NO_COLOR: '1' });
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr!.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

/** What the page has its reader do in a section: files to write, and commands to run on a host. */
type Step = { readonly file: string; readonly text: string } | { readonly at: string; readonly line: string };

function stepsOf(section: string): Step[] {
  const [, text] = page.split(`\n## ${section}\n`);
  const blocks = [
    ...text!.split('\n## ')[0]!.matchAll(/^```(json5|sh)\n(?:(?:\/\/|# at) (\S+)\n)?([\s\S]*?)^```$/gm),
  ];
  return blocks.flatMap(([, language, head, code]): Step[] => {
    const real = code!.replaceAll('2222', String(sshPort));
    if (language === 'json5') return [{ file: head!, text: real }];
    const lines = real.trim().split('\n');
    return lines.map((line) => ({ at: head ?? lab.hosts[0]!.address, line }));
  });
}

/** Does all of a section; gives what its commands have printed. Each must end well. */
async function follow(section: string, masters = lab.hosts.slice(0, 1)): Promise<string> {
  let said = '';
  for (const step of stepsOf(section)) {
    if ('file' in step)
      for (const host of masters)
        writeFileSync(join(lab.directory, host.address, 'game', step.file), step.text);
    else {
      const host = lab.hosts.find(({ address }) => address === step.at)!;
      const { code, stdout, stderr } = await shell(host, step.line);
      expect(code, `${step.at}$ ${step.line}\n${stdout}${stderr}`).toBe(0);
      // of a game whose servers have little to say
      const wrong = stderr.replace(/^(nothing was logged by|no line of) .*\n/gm, '');
      if (step.line.startsWith('pomelo-ts')) expect(wrong, step.line).toBe('');
      said += stdout;
      if (step.line.startsWith('kill ')) await leads(masters[1]!);
    }
  }
  return said;
}

/** Waits until the master in the background of a host says that it leads. */
async function leads({ address }: LabHost): Promise<void> {
  const log = join(lab.directory, address, 'game', 'logs', 'master.log');
  await eventually(() => readFileSync(log, 'utf8').includes('this master leads'), 'another leader', 25_000);
}

const bootScript = join(repositoryRoot, 'framework', 'core', 'dist', 'bundle', 'boot', 'main.js');
/** How many servers run on each host. */
const servers = () =>
  lab.hosts.map(
    ({ pids }) => pids.filter((pid) => commandOf(pid).some((word) => word === bootScript)).length,
  );

it('the guide to many hosts shows settings and commands that work, in its order', {
  timeout: 300_000,
}, async () => {
  await follow('Say who runs where');
  await follow('Let the master in');
  const started = await follow('Look, then start');
  expect(started).toContain('all is well');
  expect(started).toContain('5 servers ready');
  expect(servers()).toEqual([3, 2, 0]);
  await follow('Every day');
  expect(servers()).toEqual([3, 2, 0]);
  await follow('One more host');
  expect(servers()).toEqual([3, 2, 1]);
  await follow('The end');
  expect(servers()).toEqual([0, 0, 0]);

  await using _ = await EtcdCluster.onHosts(lab.hosts);
  const secret = join('game', '.pomelo-ts', 'secret');
  const [first, second] = lab.hosts.map(({ address }) => join(lab.directory, address)) as [string, string];
  mkdirSync(join(second, 'game', '.pomelo-ts'), { recursive: true });
  for (const path of [secret, join('game', 'config', 'servers.json5')])
    cpSync(join(first, path), join(second, path));
  const said = await follow('A master that may die', lab.hosts.slice(0, 2));
  expect(said).toContain('6 servers ready');
  expect(said).toContain('standby: the master at 10.77.0.11:3005 ');
  expect(said).toMatch(/kill \d+ ends this master alone, pomelo-ts stop ends the cluster/);
  expect(said).toContain('6 servers and the master stopped');
  expect(servers()).toEqual([0, 0, 0]);
});

it('the guide to many hosts names every error by which a start tells that a host cannot be used', () => {
  const codes = Object.keys(errorTable).filter((code) =>
    /^(HOST_|SSH_|CPU_|ARGS_|MASTER_HIDDEN$)/.test(code),
  );
  const others = ['HOST_ELSEWHERE', 'HOST_LOST']; // of a game in one process; of a host that could be used before
  const named = [...page.matchAll(/^\| .* \| `([A-Z_]+)` \| .* \|$/gm)].map(([, code]) => code!);
  expect(named.sort()).toEqual(codes.filter((code) => !others.includes(code)).sort());
});
