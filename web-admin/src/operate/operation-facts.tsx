import type { OperationInfo } from '../api/answers.js';
import { approvalAsked } from '../session/approval-store.js';
import { Said } from '../text/said.js';
import { proofWords, t } from '../words/words-store.js';

/** What there is to know of an operation before it is asked for: whether it changes something, and what it takes of whoever asks. */
export function OperationFacts({ operation }: { readonly operation: OperationInfo }) {
  const { verb, changes, needsProof, provesWhen } = operation;
  return (
    <p class="quiet">
      {changes && t('operate.changes')} {needsProof && t('action.proof')}{' '}
      {provesWhen !== undefined && <Said text={t('operate.proofWhen', { when: proofWords(provesWhen) })} />}{' '}
      {approvalAsked(verb) && t('operate.two')}
    </p>
  );
}
