import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { isPomeloError } from '@pomelo-ts/common';
import { leftOnThisHost, RuntimeFile } from '@pomelo-ts/master/internal';
import { checkClaims } from '../doctor/check-claims.js';
import { checkClients } from '../doctor/check-clients.js';
import { checkCodec } from '../doctor/check-codec.js';
import { checkConfig } from '../doctor/check-config.js';
import { checkDisk } from '../doctor/check-disk.js';
import { checkHosts, checkNames } from '../doctor/check-hosts.js';
import { checkLimits } from '../doctor/check-limits.js';
import { checkPorts } from '../doctor/check-ports.js';
import { checkSecret } from '../doctor/check-secret.js';
import { checkServers } from '../doctor/check-servers.js';
import { checkSsh } from '../doctor/check-ssh.js';
import { checkStore } from '../doctor/check-store.js';
import type { Check, Finding, Patient } from '../doctor/finding.js';
import { lookAround } from '../doctor/look-around.js';
import { showFinding } from '../doctor/show-finding.js';
import { exitCodes } from '../failure.js';
import { envOf, type GlobalOptions, gameRoot } from '../game.js';
import { masterOnThisHost } from '../master-state.js';
import { listServers, type RunningMaster, requireMaster } from '../operator.js';
import { paintFor, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { count } from '../view/units.js';

/** All checks, in the order of the report. */
const checks: readonly Check[] = [
  checkConfig,
  checkCodec,
  checkSecret,
  checkServers,
  checkPorts,
  checkClients,
  checkLimits,
  checkNames,
  checkSsh,
  checkClaims,
  checkHosts,
  checkStore,
  checkDisk,
];

/** Looks at everything that keeps a cluster from running well, and tells what mends it; exit code 1 when something is wrong. */
export async function doctor(
  options: GlobalOptions & { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const patient = await examine(options);
  const findings: Finding[] = [];
  for (const check of checks) {
    const found = await check(patient);
    findings.push(...found);
    if (!options.json) for (const finding of found) terminal.out(showFinding(finding, paintFor(terminal)));
  }
  const wrong = findings.filter(({ state }) => state === 'wrong').length;
  if (options.json) terminal.out(jsonText(findings, 2));
  else terminal.out(`\n${summaryOf(findings)}`);
  return wrong > 0 ? exitCodes.failure : exitCodes.fine;
}

/** What the findings come to, in one line. */
function summaryOf(findings: readonly Finding[]): string {
  const ofState = (wanted: Finding['state']) => findings.filter(({ state }) => state === wanted).length;
  const [wrong, notes] = [ofState('wrong'), ofState('note')];
  if (wrong > 0) return `${count(wrong, 'thing')} to mend`;
  return notes > 0 ? `nothing is broken; ${count(notes, 'thing')} to look at` : 'all is well';
}

/** @throws ENV_OTHER, NOT_YOURS */
async function examine(options: GlobalOptions): Promise<Patient> {
  const root = gameRoot(options.directory);
  let noMaster: unknown;
  const master = await requireMaster(root, options.env).catch((error: unknown) => {
    if (isPomeloError(error, 'ENV_OTHER') || isPomeloError(error, 'NOT_YOURS')) throw error;
    noMaster = error;
    return undefined;
  });
  const env = options.env ?? master?.state.env ?? new RuntimeFile(root).read()?.env ?? envOf(options);
  try {
    const told = await toldBy(master).catch((error: unknown) => {
      noMaster = error; // it has just ended, or lost the lead
      return { rows: undefined, hosts: [] };
    });
    const read = readConfig(root, env);
    const masterPid = masterOnThisHost(root)?.pid;
    const ownPids = await ownPidsOf(root, masterPid);
    const look = lookAround(read.config, masterPid);
    return { root, env, noMaster, masterPid, ownPids, look, ...told, ...read };
  } finally {
    master?.client.close();
  }
}

/** What the master knows. @throws what keeps it from telling */
async function toldBy(master: RunningMaster | undefined): Promise<Pick<Patient, 'rows' | 'hosts'>> {
  if (!master) return { rows: undefined, hosts: [] };
  const rows = await listServers(master);
  return { rows, hosts: await master.client.operate('hosts.ask', {}) };
}

async function ownPidsOf(root: string, masterPid: number | undefined): Promise<ReadonlySet<number>> {
  const left = await leftOnThisHost(root);
  return new Set([...left.map(({ pid }) => pid), ...(masterPid === undefined ? [] : [masterPid])]);
}

function readConfig(root: string, env: string): Pick<Patient, 'config' | 'problem'> {
  try {
    return { config: loadClusterConfig({ root, env }), problem: undefined };
  } catch (problem) {
    return { config: undefined, problem };
  }
}
