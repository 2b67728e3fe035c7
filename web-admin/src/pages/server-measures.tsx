import { type MeasuredPart, type MeasuredTable, MeasuredTables, type ServerMeasures } from '@pomelo-ts/views';
import { useMemo } from 'preact/hooks';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { usePolled } from './use-polled.js';

/** Time between two questions, in ms. */
const againMs = 2000;

interface MeasuredOfProps {
  readonly id: string;
  readonly part: MeasuredPart;
}

/** What a server has measured since it began, and what of it rises each second. */
export function MeasuredOf({ id, part }: MeasuredOfProps) {
  const { answer, problem } = usePolled<ServerMeasures>('servers.measures', { id }, againMs);
  const known = useMemo(() => new MeasuredTables(), [id, part]);
  const tables = useMemo(
    () => (answer ? known.of(part, answer, performance.now()) : undefined),
    [known, part, answer],
  );
  return (
    <>
      <Problem text={problem} />
      {tables?.map((table) => (
        <Measured key={table.name} table={table} />
      ))}
      {tables?.length === 0 && <p class="quiet">{t('measured.none')}</p>}
      {!tables && problem === undefined && <p class="quiet">{t('page.loading')}</p>}
    </>
  );
}

function Measured({ table: { name, heads, rows } }: { readonly table: MeasuredTable }) {
  const title = name === 'figure' ? t('measured.figures') : name;
  return (
    <>
      <h2>
        <Said text={title} />
      </h2>
      <PlainTable
        caption={title}
        heads={[t('measured.name'), ...heads.map((head) => t(`measured.${head}`))]}
        rows={rows}
        keyOf={([first = '']) => first}
        cells={(texts) => texts.map((text, n) => <Said key={heads[n - 1] ?? 'name'} text={text} />)}
      />
    </>
  );
}
