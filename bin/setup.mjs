// Makes a fresh clone ready: dependencies, build and, with --test, the programs that tests need. Does nothing twice.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Programs that tests need, and the Debian packages that have them. */
const testNeeds = [
  { program: 'chromium', packages: ['chromium', 'fonts-dejavu-core', 'fonts-noto-cjk'] },
  { program: 'taskset', packages: ['util-linux'] },
  { program: 'tmux', packages: ['tmux'] },
  // Several hosts on one machine: test/helpers/netlab.ts.
  { program: 'ip', packages: ['iproute2'] },
  { program: 'nft', packages: ['nftables'] },
  { program: 'sshd', packages: ['openssh-server'] },
  // What masters agree in: test/helpers/etcd.ts.
  { program: 'etcd', packages: ['etcd-server'] },
  // What operators give it its users and roles by: test/integration/etcd-guide.test.ts.
  { program: 'etcdctl', packages: ['etcd-client'] },
  // Slow cables and what is heard on them: test/helpers/wan.py and heard-port.py.
  { program: 'python3', packages: ['python3'] },
  // Certificates for it: test/helpers/certificates.ts.
  { program: 'openssl', packages: ['openssl'] },
  // A load balancer before frontends: test/integration/haproxy.test.ts.
  { program: 'haproxy', packages: ['haproxy'] },
  // What reads metrics, and says whether they are as they should be: test/helpers/prometheus.ts.
  { program: 'prometheus', packages: ['prometheus'] },
  // What reads YAML as others do: test/helpers/read-yaml.ts.
  { file: '/usr/lib/python3/dist-packages/yaml/__init__.py', packages: ['python3-yaml'] },
  // What judges the units of docs/guides/systemd.md; nothing is run by it.
  { program: 'systemd-analyze', packages: ['systemd'] },
];

/** A Debian machine asks this file whether a package may start its service. */
const servicePolicy = '/usr/sbin/policy-rc.d';

checkNode();
installDependencies();
if (process.argv.includes('--test')) installPrograms();
build();

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`pomelo-ts needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

function installDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const marker = join(root, 'node_modules', '.installed-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  say('installing dependencies');
  // No dependency needs an install script here; native accelerators that some offer are optional.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(marker, lock);
}

function installPrograms() {
  const missing = testNeeds
    .filter(({ program, file }) => !(file === undefined ? onPath(program) : existsSync(file)))
    .flatMap(({ packages }) => packages);
  if (missing.length === 0) return;
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const rights = rootRights();
  if (!onPath('apt-get') || !rights) {
    fail(
      `Tests need programs that are missing here. On Debian or Ubuntu, as root:\n  apt-get update && ${install}`,
    );
  }
  say(`installing Debian packages: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const asRoot = (...command) => run(rights[0], [...rights.slice(1), ...command], env);
  const hasPolicy = existsSync(servicePolicy);
  asRoot('apt-get', 'update', '-q');
  // Tests run their own instances: no service shall be started for them.
  if (!hasPolicy)
    asRoot('sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${servicePolicy}; chmod +x ${servicePolicy}`);
  try {
    asRoot(...install.split(' '));
  } finally {
    if (!hasPolicy) asRoot('rm', servicePolicy);
  }
}

/** The command that runs another as root; undefined when there is no way without a password. */
function rootRights() {
  if (process.getuid?.() === 0) return ['env'];
  return spawnSync('sudo', ['-n', 'true']).status === 0
    ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive']
    : undefined;
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function build() {
  run(process.execPath, [join(root, 'bin', 'build.mjs')]);
}

function run(command, args, env = process.env) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
  } catch (error) {
    fail(
      `${command} ${args.join(' ')} failed${error.status === null ? `: ${error.message}` : ` with code ${error.status}`}.`,
    );
  }
}

function say(what) {
  process.stdout.write(`setup: ${what}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
