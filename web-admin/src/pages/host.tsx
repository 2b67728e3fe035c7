import {
  type HostMachine,
  type HostPage,
  type HostServer,
  hostDiskCells,
  hostDiskHeads,
  hostServerCells,
  hostServerHeads,
  showBytes,
  showCount,
} from '@pomelo-ts/views';
import { Link } from '../place/link.js';
import { viewPlace } from '../place/place.js';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Sign } from '../table/sign.js';
import { Said } from '../text/said.js';
import { columnWords, stateWord, t } from '../words/words-store.js';
import { ProblemItem } from './problem-item.js';
import { usePolled } from './use-polled.js';

/** Time between two questions, in ms. */
const againMs = 5000;

/** A host: its load and memory, the disks of its logs and state, its servers with their processes, and what is wrong there. */
export function HostOf({ name }: { readonly name: string }) {
  const { answer, problem } = usePolled<HostPage>('hosts.describe', { host: name }, againMs);
  return (
    <>
      <h1>
        <Said text={name} />
      </h1>
      <Problem text={problem} />
      {answer ? <Told page={answer} /> : problem === undefined && <p class="quiet">{t('page.loading')}</p>}
    </>
  );
}

function Told({ page: { host, machine, silent, servers, total, problems } }: { readonly page: HostPage }) {
  const wrong = new Set(problems.map(({ about }) => about));
  return (
    <>
      {problems.length > 0 && (
        <ul class="problems" aria-label={t('host.problems')}>
          {problems.map((problem) => (
            <ProblemItem problem={problem} key={problem.key} />
          ))}
        </ul>
      )}
      {silent !== undefined && (
        <p class="notice">
          <Said text={t('host.silent', { reason: silent })} />
        </p>
      )}
      {machine && <Machine machine={machine} />}
      <h2>{t('host.servers')}</h2>
      <p class="quiet">
        {servers.length < total && t('topology.first', { shown: servers.length, total })}{' '}
        <Link to={viewPlace('servers', { filter: `host=${host}` })}>{t('host.asTable')}</Link>
      </p>
      <PlainTable
        caption={t('host.servers')}
        heads={hostServerHeads.map((head) =>
          head === 'pid' || head === 'end' ? t(`host.${head}`) : columnWords('servers', head).title,
        )}
        rows={servers}
        keyOf={({ id }) => id}
        cells={(server) => cellsOf(server, wrong.has(server.id))}
      />
    </>
  );
}

function cellsOf(server: HostServer, inTrouble: boolean) {
  const [, , ...others] = hostServerCells(server);
  return [
    <Link key="id" to={{ page: 'server', id: server.id, tab: 'figures' }}>
      <Said text={server.id} />
    </Link>,
    <span key="state" class="state">
      <Sign state={server.state} trouble={inTrouble ? 1 : 0} /> <Said text={stateWord(server.state)} />
    </span>,
    ...others.map((text, n) => <Said key={hostServerHeads[n + 2]} text={text} />),
  ];
}

function Machine({ machine }: { readonly machine: HostMachine }) {
  const { load, cpus, memoryBytes, freeMemoryBytes, openFiles, node, platform, disks } = machine;
  const facts = [
    ['load', load.length > 0 ? load.map((one) => one.toFixed(2)).join(' · ') : '–'],
    ['cpus', showCount(cpus)],
    ['memoryFree', t('host.of', { free: showBytes(freeMemoryBytes), size: showBytes(memoryBytes) })],
    ['files', openFiles === undefined ? '–' : showCount(openFiles)],
    ['node', `${node}, ${platform}`],
  ] as const;
  return (
    <>
      <dl class="now" aria-label={t('server.facts')}>
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{t(`host.${name}`)}</dt>
            <dd>
              <Said text={text} />
            </dd>
          </div>
        ))}
      </dl>
      <h2>{t('host.disks')}</h2>
      <PlainTable
        caption={t('host.disks')}
        heads={hostDiskHeads.map((head) => t(`host.${head}`))}
        rows={disks}
        keyOf={({ folder }) => folder}
        cells={(disk) =>
          hostDiskCells(disk).map((text, n) => (
            <Said
              key={hostDiskHeads[n]}
              text={n === 4 && disk.unwritable === undefined ? t('host.yes') : text}
            />
          ))
        }
      />
    </>
  );
}
