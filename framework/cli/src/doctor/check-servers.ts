import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { hostPort } from '@pomelo-ts/common/internal';
import type { ServerRow } from '@pomelo-ts/master';
import { serving } from '../serving.js';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Servers that do not run though they should. */
export const checkServers: Check = ({ rows, noMaster, env, masterPid }) => {
  if (!rows) return [withoutMaster(noMaster, env, masterPid)];
  const ill = rows.flatMap(
    ({ id, state, end, lostFor = 0, lastError = 'nothing is known of its end' }): Finding[] => {
      const ended = state === 'down' && end !== undefined && end !== 'stopped'; // nobody has stopped it
      if (state === 'failed' || state === 'gone' || ended) {
        const cure = `pomelo-ts logs ${id}; then pomelo-ts start -i ${id}`;
        return [{ check: 'servers', state: 'wrong', text: `${id} is ${state}: ${escaped(lastError)}`, cure }];
      }
      if (state !== 'lost') return [];
      const cure = `look at its host and the network; pomelo-ts kill ${id} ends it if it hangs`;
      return [
        {
          check: 'servers',
          state: 'wrong',
          text: `${id} is lost: the master has heard nothing of it for ${lostFor} s, nor of its end`,
          cure,
        },
      ];
    },
  );
  const cut = cutsIn(rows);
  const outdated = rows.filter((row) => row.outdated).map(({ id }) => id);
  const builds = [...new Set(rows.flatMap(({ build }) => (build === undefined ? [] : [escaped(build)])))];
  const ready = serving(rows).length;
  return [
    ...(ill.length > 0 ? ill : [fine('servers', `${count(ready, 'server')} of ${rows.length} ready`)]),
    ...cut,
    ...(outdated.length > 0
      ? [
          note(
            'servers',
            `${outdated.join(', ')}: with values of before a change`,
            `pomelo-ts restart ${outdated.join(' ')}`,
          ),
        ]
      : []),
    ...(builds.length > 1
      ? [
          note(
            'builds',
            `servers run different builds: ${builds.join(', ')}`,
            'pomelo-ts restart those of the old one; pomelo-ts list shows which',
          ),
        ]
      : builds.map((build) => fine('builds', `all run ${build}`))),
  ];
};

/** Cuts between hosts, by the word of their servers: the master sees both sides, and players get errors all the same. */
function cutsIn(rows: readonly ServerRow[]): Finding[] {
  const hostOf = new Map(rows.map(({ id, host }) => [id, host]));
  const pairs = new Map<string, { from: string; to: string; calls: string[] }>();
  for (const { id, host, unreached = [] } of rows)
    for (const other of unreached) {
      const [from, to] = [host, hostOf.get(other) ?? 'a host that is gone'].sort() as [string, string];
      const pair = pairs.get(`${from}\n${to}`) ?? { from, to, calls: [] };
      pairs.set(`${from}\n${to}`, pair);
      pair.calls.push(`${id} → ${escaped(other)}`);
    }
  return [...pairs.values()].map(({ from, to, calls }) => ({
    check: 'network',
    state: 'wrong',
    text: `servers on ${from} and ${to} cannot reach each other: ${calls.slice(0, 3).join(', ')}${calls.length > 3 ? ` and ${calls.length - 3} more` : ''}`,
    cure: `look at routes and firewalls between the two: the port of each server must be open to all hosts; pomelo-ts logs tells more with log.level debug`,
  }));
}

function withoutMaster(why: unknown, env: string, masterPid: number | undefined): Finding {
  const start = `pomelo-ts start${env === 'development' ? '' : ` -e ${env}`} -D`;
  const wrong = (cure: string): Finding => ({ check: 'master', state: 'wrong', text: reasonOf(why), cure });
  if (isPomeloError(why, 'MASTER_HANGS')) {
    const { pid, host, port, reason } = why.facts;
    const text = `the master (pid ${pid}) lives but does not answer at ${hostPort(String(host), port)}: ${reason}`;
    const cure = `when it does not come back, kill -9 ${pid} and ${start}: servers play on meanwhile`;
    return { check: 'master', state: 'wrong', text, cure };
  }
  if (isPomeloError(why, 'MASTER_UNREACHABLE'))
    return wrong(`look at logs/master.log; ${start}: servers play on meanwhile`);
  if (isPomeloError(why, 'LINK_LOST')) return note('master', reasonOf(why), 'it has just ended: look again');
  if (isPomeloError(why, 'START_UNDER_WAY')) return note('master', reasonOf(why), 'wait for its end');
  if (isPomeloError(why, 'NO_LEADER')) return wrong('look at the store below; servers play on meanwhile');
  if (isPomeloError(why, 'SECRET_OTHER') || isPomeloError(why, 'PROOF_WRONG'))
    return wrong('put the same secret on every host where a master or this command runs');
  if (masterPid !== undefined && !isPomeloError(why, 'NO_MASTER')) {
    const text = `the master (pid ${masterPid}) runs and could not be asked: ${reasonOf(why)}`;
    const cure = 'mend that, and look again; servers play on meanwhile';
    return { check: 'master', state: 'wrong', text, cure };
  }
  // all else that can be wrong with the secret has a check of its own
  const left = isPomeloError(why, 'NO_MASTER') ? String(why.facts.left) : '';
  if (left.startsWith(' on this host'))
    return note('master', reasonOf(why), `pomelo-ts doctor -e ${env} at the host of a master tells more`);
  const text = `none runs for this folder, so nobody was asked${left}`;
  // Before a start that is as it should be.
  return left === '' ? { ...fine('master', text), cure: start } : note('master', text, start);
}

const fine = (check: string, text: string): Finding => ({ check, state: 'fine', text });
const note = (check: string, text: string, cure: string): Finding => ({ check, state: 'note', text, cure });
