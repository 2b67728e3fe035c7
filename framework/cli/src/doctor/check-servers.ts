import { count } from '../view/units.js';
import type { Check, Finding } from './finding.js';

/** Servers that do not run though they should. */
export const checkServers: Check = ({ rows, env }) => {
  if (!rows) {
    const cure = `pomelo-ts start${env === 'development' ? '' : ` -e ${env}`}`;
    return [{ check: 'master', state: 'note', text: 'none runs for this folder, so nobody was asked', cure }];
  }
  const ill = rows.flatMap(({ id, state, lastError = 'nothing is known of its end' }): Finding[] => {
    if (state === 'failed' || state === 'gone') {
      const cure = `pomelo-ts logs ${id}; then pomelo-ts start -i ${id}`;
      return [{ check: 'servers', state: 'wrong', text: `${id} is ${state}: ${lastError}`, cure }];
    }
    if (state !== 'lost') return [];
    const cure = `look at its host and the network; pomelo-ts kill ${id} ends it if it hangs`;
    return [
      { check: 'servers', state: 'wrong', text: `${id} lives but the master hears nothing of it`, cure },
    ];
  });
  const outdated = rows.filter((row) => row.outdated).map(({ id }) => id);
  const builds = [...new Set(rows.flatMap(({ build }) => (build === undefined ? [] : [build])))];
  const ready = rows.filter(({ state }) => state === 'ready').length;
  return [
    ...(ill.length > 0 ? ill : [fine('servers', `${count(ready, 'server')} of ${rows.length} ready`)]),
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

const fine = (check: string, text: string): Finding => ({ check, state: 'fine', text });
const note = (check: string, text: string, cure: string): Finding => ({ check, state: 'note', text, cure });
