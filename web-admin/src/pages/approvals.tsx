import { SureButton } from '../actions/sure-button.js';
import type { Approval } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { session } from '../session/session-store.js';
import { Problem } from '../shell/problem.js';
import { PlainTable } from '../table/plain-table.js';
import { Moment } from '../text/moment.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { useAsked } from './use-asked.js';

/** Changes that wait for a second person. */
export function Approvals() {
  const { answer: approvals, problem, again } = useAsked<readonly Approval[]>('approvals.list');
  return (
    <>
      <h1>{t('approvals.title')}</h1>
      <Problem text={problem} />
      <p>
        <button type="button" onClick={again}>
          {t('approvals.again')}
        </button>
      </p>
      {approvals?.length === 0 && <p>{t('approvals.none')}</p>}
      {approvals && approvals.length > 0 && <Waiting approvals={approvals} again={again} />}
    </>
  );
}

function Waiting({ approvals, again }: { readonly approvals: readonly Approval[]; again(): void }) {
  const decide = (verb: string, id: string) => async () => {
    await operate(verb, { id });
    again();
  };
  return (
    <PlainTable
      caption={t('approvals.caption')}
      heads={[t('approvals.verb'), t('approvals.by'), t('approvals.args'), t('approvals.until')]}
      rows={approvals}
      keyOf={({ id }) => id}
      cells={({ verb, by, args, until }) => [
        <Said key="verb" text={verb} />,
        <Said key="by" text={by} />,
        <Said key="args" text={JSON.stringify(args)} />,
        <Moment key="until" at={until} />,
      ]}
      actions={({ id, verb, by, args }) => (
        <>
          {by !== session.value?.name && (
            <SureButton
              words={t('approvals.approve')}
              mark="approve"
              what={`${verb} (${by})`}
              act={decide('approvals.approve', id)}
            >
              <p>
                <Said text={JSON.stringify(args)} />
              </p>
            </SureButton>
          )}
          <SureButton
            words={t('approvals.refuse')}
            mark="refuse"
            what={`${verb} (${by})`}
            act={decide('approvals.refuse', id)}
          />
        </>
      )}
    />
  );
}
