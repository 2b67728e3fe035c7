import { useState } from 'preact/hooks';
import { SureButton } from '../actions/sure-button.js';
import type { ApiKey } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { CopyText } from '../shell/copy-text.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { PlainTable } from '../table/plain-table.js';
import { Moment } from '../text/moment.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { RoleChoice } from './role-choice.js';
import { useAsked } from './use-asked.js';

/** Keys that programs sign in with. */
export function Keys() {
  const { answer: keys, problem, again } = useAsked<readonly ApiKey[]>('keys.list');
  const [made, setMade] = useState<{ readonly name: string; readonly madeKey: string } | undefined>();
  return (
    <>
      <h1>{t('keys.title')}</h1>
      <Problem text={problem} />
      {made && <MadeKey {...made} />}
      {keys && (
        <PlainTable
          caption={t('keys.caption')}
          heads={[
            t('accounts.name'),
            t('accounts.role'),
            t('keys.rate'),
            t('keys.expires'),
            t('keys.lastUse'),
          ]}
          rows={keys}
          keyOf={({ id }) => id}
          cells={({ name, role, rate, expires, lastUse }) => [
            <Said key="name" text={name} />,
            <Said key="role" text={role} />,
            rate,
            expires === undefined ? t('keys.never') : <Moment key="expires" at={expires} />,
            lastUse === undefined ? t('keys.never') : <Moment key="lastUse" at={lastUse} />,
          ]}
          actions={({ id, name }) => (
            <SureButton
              words={t('keys.revoke')}
              mark="revoke"
              what={name}
              act={async () => {
                await operate('keys.revoke', { id });
                again();
              }}
            />
          )}
        />
      )}
      <CreateKey
        onCreated={(name, key) => {
          setMade({ name, madeKey: key });
          again();
        }}
      />
    </>
  );
}

function MadeKey({ name, madeKey }: { readonly name: string; readonly madeKey: string }) {
  return (
    <div class="notice" role="status">
      <p>
        <Said text={t('keys.created', { name })} />
      </p>
      <CopyText label={name} text={madeKey} />
    </div>
  );
}

function CreateKey({ onCreated }: { readonly onCreated: (name: string, key: string) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const [days, setDays] = useState('90');
  const [rate, setRate] = useState('');
  const { problem, busy, run } = useFailing();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      const { key } = await operate<{ readonly key: string }>('keys.create', {
        ...{ name, role },
        ...(days !== '' && { days: Number(days) }),
        ...(rate !== '' && { rate: Number(rate) }),
      });
      onCreated(name, key);
      setName('');
    });
  };
  return (
    <>
      <h2>{t('keys.create')}</h2>
      <form class="row-form" onSubmit={submit} data-add="key">
        <Field label={t('accounts.name')} value={name} onText={setName} autocomplete="off" required />
        <RoleChoice role={role} onRole={setRole} />
        <Field label={t('keys.days')} type="number" value={days} onText={setDays} min={1} />
        <Field label={t('keys.rate')} type="number" value={rate} onText={setRate} min={1} />
        <button type="submit" class="strong" aria-disabled={busy}>
          {t('keys.create')}
        </button>
      </form>
      <Problem text={problem} />
    </>
  );
}
