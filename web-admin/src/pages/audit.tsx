import { changeText, reasonGiven } from '@pomelo-ts/views';
import { useEffect, useState } from 'preact/hooks';
import type { AuditRecord } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { go } from '../place/place-store.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { PlainTable } from '../table/plain-table.js';
import { Sign } from '../table/sign.js';
import { Moment } from '../text/moment.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly more: boolean;
}

interface AuditProps {
  /** Of whom, and of which verb; empty for all. */
  readonly name: string;
  readonly verb: string;
}

const perPage = 50;

/** Who did what: the records of the audit log. */
export function Audit({ name, verb }: AuditProps) {
  const [who, setWho] = useState(name);
  const [what, setWhat] = useState(verb);
  const submit = (event: Event) => {
    event.preventDefault();
    go({ page: 'audit', name: who.trim(), verb: what.trim() });
  };
  return (
    <>
      <h1>{t('audit.title')}</h1>
      <form class="row-form" onSubmit={submit}>
        <Field label={t('audit.by')} type="search" value={who} onText={setWho} autocomplete="off" />
        <Field label={t('audit.verb')} type="search" value={what} onText={setWhat} autocomplete="off" />
        <button type="submit" class="strong">
          {t('audit.apply')}
        </button>
      </form>
      <Records name={name} verb={verb} key={`${name} ${verb}`} />
    </>
  );
}

function Records({ name, verb }: AuditProps) {
  const [page, setPage] = useState<AuditPage | undefined>();
  const { problem, busy, run } = useFailing();
  const read = (before: AuditPage | undefined) =>
    run(async () => {
      const last = before?.records.at(-1)?.n;
      const next = await operate<AuditPage>('audit.read', {
        limit: perPage,
        ...(last !== undefined && { before: last }),
        ...(name !== '' && { name }),
        ...(verb !== '' && { verb }),
      });
      setPage({ records: [...(before?.records ?? []), ...next.records], more: next.more });
    });
  useEffect(() => read(undefined), []);
  return (
    <>
      <Problem text={problem} />
      {page?.records.length === 0 && <p class="empty">{t('audit.none')}</p>}
      {page && page.records.length > 0 && (
        <PlainTable
          caption={t('audit.caption')}
          heads={(['at', 'by', 'verb', 'target', 'result', 'via', 'reason'] as const).map((one) =>
            t(`audit.${one}`),
          )}
          rows={page.records}
          keyOf={({ n }) => String(n)}
          cells={cellsOf}
        />
      )}
      {page?.more && (
        <p>
          <button type="button" onClick={() => read(page)} aria-disabled={busy}>
            {t('audit.more')}
          </button>
        </p>
      )}
    </>
  );
}

/** A refusal is no fault of the cluster, but what one looks for in such a log. */
const signStates = { done: 'done', begun: 'waiting', failed: 'failed', refused: 'failed' } as const;

function cellsOf({
  at,
  by,
  via,
  from,
  verb,
  target,
  args,
  was,
  is,
  result,
  code,
  reason,
  count,
}: AuditRecord) {
  const about = target ?? args;
  return [
    <Moment key="at" at={at} />,
    <Said key="by" text={by} />,
    <Said key="verb" text={verb} />,
    <Said key="target" text={textOf(about)} />,
    <span key="result" class="state">
      <Sign state={signStates[result]} trouble={result === 'failed' || result === 'refused' ? 1 : 0} />{' '}
      {t(`result.${result}`)}
    </span>,
    <Said key="via" text={from === undefined ? via : `${via} ${from}`} />,
    count === undefined ? (
      <Said
        key="reason"
        text={[code, reason].filter(Boolean).join(': ') || reasonGiven(args) || changeText(was, is)}
        lang="en"
      />
    ) : (
      <span key="reason">{t('audit.count', { n: count })}</span>
    ),
  ];
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return Object.entries(value)
    .map(([name, one]) => `${name}=${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(' ');
}
