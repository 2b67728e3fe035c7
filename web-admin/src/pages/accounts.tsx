import { useState } from 'preact/hooks';
import { SureButton } from '../actions/sure-button.js';
import type { Account } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { CopyText } from '../shell/copy-text.js';
import { useFailing } from '../shell/failing.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { PlainTable } from '../table/plain-table.js';
import { Sign } from '../table/sign.js';
import { Moment, momentText } from '../text/moment.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { RoleChoice } from './role-choice.js';
import { useAsked } from './use-asked.js';

interface NewLink {
  readonly name: string;
  readonly link: string;
}

/** Who may sign in, and as what. */
export function Accounts() {
  const { answer: accounts, problem, again } = useAsked<readonly Account[]>('accounts.list');
  const [link, setLink] = useState<NewLink | undefined>();
  const told = (name: string, made: { readonly token: string }) => {
    setLink({ name, link: `${location.origin}/#setup=${made.token}` });
    again();
  };
  return (
    <>
      <h1>{t('accounts.title')}</h1>
      <Problem text={problem} />
      {link && (
        <div class="notice" role="status">
          <p>
            <Said text={t('accounts.added', { name: link.name })} />
          </p>
          <CopyText label={t('accounts.link')} text={link.link} />
        </div>
      )}
      {accounts && (
        <PlainTable
          caption={t('accounts.caption')}
          heads={(['name', 'role', 'factor', 'state', 'last'] as const).map((one) => t(`accounts.${one}`))}
          rows={accounts}
          keyOf={({ name }) => name}
          cells={cellsOf}
          actions={(account) => <AccountActions account={account} onChange={again} onLink={told} />}
        />
      )}
      {accounts && <AddAccount onAdded={told} />}
    </>
  );
}

function cellsOf({ name, role, secondFactor, disabled, invited, lockedUntil, lastSignIn }: Account) {
  const locked = lockedUntil !== undefined && lockedUntil > Date.now();
  return [
    <Said key="name" text={name} />,
    <Said key="role" text={role} />,
    secondFactor ? t('yes') : t('no'),
    <span key="state">
      <Sign state={disabled ? 'stopped' : locked || invited ? 'waiting' : 'ready'} trouble={0} />{' '}
      {disabled
        ? t('accounts.disabled')
        : locked
          ? t('accounts.locked', { time: momentText(new Date(lockedUntil)) })
          : t(invited ? 'accounts.invited' : 'accounts.active')}
    </span>,
    lastSignIn === undefined ? t('accounts.never') : <Moment key="last" at={lastSignIn} />,
  ];
}

interface AccountActionsProps {
  readonly account: Account;
  readonly onChange: () => void;
  readonly onLink: (name: string, made: { readonly token: string }) => void;
}

function AccountActions({ account, onChange, onLink }: AccountActionsProps) {
  const { name, disabled } = account;
  const [role, setRole] = useState(account.role);
  return (
    <span class="row-buttons">
      <SureButton
        words={t('accounts.change')}
        what={name}
        act={async () => {
          await operate('accounts.change', { name, role });
          onChange();
        }}
      >
        <RoleChoice role={role} onRole={setRole} />
      </SureButton>
      <SureButton
        words={t(disabled ? 'accounts.enable' : 'accounts.disable')}
        mark="disable"
        what={name}
        act={async () => {
          await operate('accounts.change', { name, disabled: !disabled });
          onChange();
        }}
      />
      <SureButton
        words={t('accounts.link')}
        what={name}
        act={async () => onLink(name, await operate('accounts.link', { name }))}
      >
        <p>{t('accounts.linkWarn')}</p>
      </SureButton>
      <SureButton
        words={t('accounts.remove')}
        what={name}
        act={async () => {
          await operate('accounts.remove', { name });
          onChange();
        }}
      />
    </span>
  );
}

function AddAccount({ onAdded }: { readonly onAdded: AccountActionsProps['onLink'] }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const { problem, busy, run } = useFailing();
  const submit = (event: Event) => {
    event.preventDefault();
    run(async () => {
      onAdded(name, await operate('accounts.add', { name, role }));
      setName('');
    });
  };
  return (
    <>
      <h2>{t('accounts.add')}</h2>
      <form class="row-form" onSubmit={submit} data-add="account">
        <Field label={t('accounts.name')} value={name} onText={setName} autocomplete="off" required />
        <RoleChoice role={role} onRole={setRole} />
        <button type="submit" class="strong" aria-disabled={busy}>
          {t('accounts.add')}
        </button>
      </form>
      <Problem text={problem} />
    </>
  );
}
