import { faultMinutes, sayProblem, severities, showShare, thresholds } from '@pomelo-ts/views';
import type { Fault } from './counted.js';
import type { Found, Said } from './found.js';
import { type SeenServer, serves } from './seen-server.js';

/** What is said of a server that has counted a fault. */
interface FaultRule {
  readonly severity: Found['severity'];
  readonly next: (id: string) => string;
  /** For how many minutes it is told after it was counted last. */
  readonly minutes: number;
  /** How many it must go on before it is told. */
  readonly after?: number;
}

const logs = (id: string): string => `logs ${id}`;
const { burst, usual: late } = faultMinutes;

const faultRules: Readonly<Record<Fault, FaultRule>> = {
  noFiles: { severity: severities.PomeloNoFiles, minutes: burst, next: (id) => `drain ${id}` },
  overloaded: {
    severity: severities.PomeloBackendsOverloaded,
    next: () => 'routes',
    minutes: burst,
    after: burst,
  },
  cronFailed: { severity: severities.PomeloCronFailed, minutes: late, next: logs },
  cronMissed: { severity: severities.PomeloCronMissed, minutes: late, next: logs },
  cronUnleased: { severity: severities.PomeloCronWithoutLease, minutes: late, next: () => 'doctor' },
  leaseLost: { severity: severities.PomeloLeaseLost, minutes: late, next: logs },
  sessionsLost: { severity: severities.PomeloSessionsLost, minutes: late, next: logs },
};

const rules = Object.entries(faultRules) as [Fault, FaultRule][];
const minuteMs = 60_000;

/** What is wrong with a server by what has happened in the last minutes; with the name that is part of the key. */
export function faultsOf(server: SeenServer, revision: number): [name: string, said: Said][] {
  const { ago, calls, lateCalls, linkChanges } = server.faults;
  const { id } = server.row;
  const said: [string, Said][] = [];
  for (const [fault, { severity, next, minutes, after = 0 }] of rules) {
    const since = ago[fault];
    if (since !== undefined && since < minutes * minuteMs)
      said.push([fault, [severity, sayProblem(fault, {}), next(id), after * minuteMs]]);
  }
  if (calls > thresholds.calls && lateCalls > thresholds.callShare)
    said.push([
      'calls',
      [
        severities.PomeloCallsFail,
        sayProblem('calls', { share: showShare(lateCalls) }),
        'rpc',
        burst * minuteMs,
      ],
    ]);
  if (linkChanges > thresholds.linkChanges)
    said.push([
      'link',
      [
        severities.PomeloLinkFlaps,
        sayProblem('link', { count: linkChanges, minutes: faultMinutes.link }),
        'doctor',
        0,
      ],
    ]);
  if (isSplit(server, revision))
    said.push(['registry', [severities.PomeloRegistrySplit, sayProblem('registry', {}), logs(id), minuteMs]]);
  return said;
}

/** Whether it has long heard nothing of who is in the cluster, and something else is true. */
function isSplit(server: SeenServer, revision: number): boolean {
  const { revision: known, heardAgo } = server.faults;
  const isOther = known !== undefined && known !== revision;
  return (
    isOther && serves(server) && server.reading !== undefined && heardAgo >= faultMinutes.split * minuteMs
  );
}
