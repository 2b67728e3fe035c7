import { SureButton } from '../actions/sure-button.js';
import type { SignedIn } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Moment } from '../text/moment.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { useAsked } from './use-asked.js';

/** Browsers that are signed in. */
export function Sessions() {
  const { answer: sessions, problem, again } = useAsked<readonly SignedIn[]>('sessions.list');
  return (
    <>
      <h1>{t('sessions.title')}</h1>
      <Problem text={problem} />
      {sessions && (
        <PlainTable
          caption={t('sessions.caption')}
          heads={[t('accounts.name'), t('sessions.address'), t('sessions.begun'), t('sessions.lastUse')]}
          rows={sessions}
          keyOf={({ id }) => id}
          cells={({ name, address, begun, lastUse }) => [
            <Said key="name" text={name} />,
            <Said key="address" text={address} />,
            <Moment key="begun" at={begun} />,
            <Moment key="lastUse" at={lastUse} />,
          ]}
          actions={({ id, name }) => (
            <SureButton
              words={t('sessions.revoke')}
              what={name}
              act={async () => {
                await operate('sessions.revoke', { id });
                again();
              }}
            />
          )}
        />
      )}
    </>
  );
}
