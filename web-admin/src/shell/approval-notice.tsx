import { ownApprovals } from '../session/approval-store.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';

/** Tells which changes of one's own wait for a second person. */
export function ApprovalNotice() {
  return (
    <>
      {ownApprovals.value.map(({ number, verb, id }) => (
        <p class="notice" role="status" key={number} data-approval={id}>
          <Said text={t('approvals.waits', { verb, id })} />
        </p>
      ))}
    </>
  );
}
