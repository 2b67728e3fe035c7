import type { OperationInfo } from '../api/answers.js';
import { operations, session } from '../session/session-store.js';
import { Modal } from '../shell/modal.js';
import { Said } from '../text/said.js';
import { effectOf, t, verbWord } from '../words/words-store.js';
import { actionAsked } from './action-store.js';
import { Confirm } from './confirm.js';
import { actionsOn, nameOf, type Subject } from './subject.js';

/** What may be done with something, each with what it does; then asks whether it is meant. */
export function ActionDialog() {
  const asked = actionAsked.value;
  if (!asked) return null;
  const { subject, chosen } = asked;
  const close = () => {
    actionAsked.value = undefined;
  };
  const title = chosen
    ? t('action.confirm', { verb: verbWord(chosen.verb), what: nameOf(subject) })
    : t('action.title', { what: nameOf(subject) });
  return (
    <Modal title={<Said text={title} />} onClose={close}>
      {chosen ? (
        <Confirm operation={chosen} subject={subject} onClose={close} />
      ) : (
        <Choice subject={subject} />
      )}
    </Modal>
  );
}

function Choice({ subject }: { readonly subject: Subject }) {
  const actions = actionsOn(subject.kind, operations.value);
  if (actions.length === 0) return <p>{t('action.none')}</p>;
  return (
    <ul class="choices">
      {actions.map((operation) => (
        <li key={operation.verb}>
          <ActionButton operation={operation} subject={subject} />
        </li>
      ))}
    </ul>
  );
}

/** One that the role may not do is there all the same, with why not: who looks for it finds it. */
function ActionButton({
  operation,
  subject,
}: {
  readonly operation: OperationInfo;
  readonly subject: Subject;
}) {
  const { verb, effect, allowed, role, needsProof } = operation;
  const id = `effect-${verb}`;
  const choose = () => {
    if (allowed) actionAsked.value = { subject, chosen: operation };
  };
  return (
    <>
      <button type="button" aria-disabled={!allowed} aria-describedby={id} onClick={choose} data-verb={verb}>
        {verbWord(verb)}
      </button>
      <p id={id}>
        {effectOf(verb, effect)} {needsProof && t('action.proof')}{' '}
        {!allowed && (
          <strong>{t('action.notAllowed', { role: session.value?.role ?? '', needs: role })}</strong>
        )}
      </p>
    </>
  );
}
