import { PlainTable } from '../table/plain-table.js';
import { Moment } from '../text/moment.js';
import { Said } from '../text/said.js';
import { TextBox } from '../text/text-box.js';
import { t } from '../words/words-store.js';
import { type AnswerTable, answerParts, cellText, isMoment } from './answer-parts.js';

/** Most lines of a table, and most characters of JSON, that are shown. */
const [mostLines, mostText] = [500, 100_000];

/** What an operation has answered: lists of objects as tables, all else as JSON. */
export function Answer({ value }: { readonly value: unknown }) {
  const { tables, rest } = answerParts(value);
  return (
    <div data-answer>
      <h2>{t('operate.answer')}</h2>
      {tables.length === 0 && rest === undefined && <p>{t('operate.done')}</p>}
      {tables.map((table) => (
        <Table table={table} key={table.name} />
      ))}
      {rest !== undefined && <Json value={rest} />}
    </div>
  );
}

function Table({ table: { name, heads, rows } }: { readonly table: AnswerTable }) {
  if (rows.length === 0) return <p>{t('operate.empty')}</p>;
  const numbered = rows.slice(0, mostLines).map((row, n) => ({ row, n }));
  return (
    <>
      {name !== '' && (
        <h3 lang="en">
          <Said text={name} />
        </h3>
      )}
      {rows.length > mostLines && <p>{t('operate.first', { shown: mostLines, total: rows.length })}</p>}
      <PlainTable
        caption={name === '' ? t('operate.answer') : name}
        heads={heads}
        rows={numbered}
        keyOf={({ n }) => String(n)}
        cells={({ row }) => heads.map((head) => cellOf(head, row[head]))}
      />
    </>
  );
}

function cellOf(name: string, value: unknown) {
  return isMoment(name, value) ? <Moment at={value} /> : <Said text={cellText(value)} />;
}

function Json({ value }: { readonly value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return (
    <div class="answer-text">
      {text.length > mostText && <p class="notice">{t('rooms.cut')}</p>}
      <TextBox label={t('operate.answer')} text={text.slice(0, mostText)} />
    </div>
  );
}
