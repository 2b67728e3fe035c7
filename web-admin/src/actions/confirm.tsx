import { useState } from 'preact/hooks';
import type { OperationInfo } from '../api/answers.js';
import { marks } from '../table/marks-store.js';
import { Said } from '../text/said.js';
import { effectOf, t, verbWord } from '../words/words-store.js';
import { actionAsked } from './action-store.js';
import { Options } from './options.js';
import { argumentsOf, mustType, nameOf, optionsOf, type Subject } from './subject.js';
import { begin } from './tasks-store.js';
import { isTyped, TypedSurely } from './typed-surely.js';

interface ConfirmProps {
  readonly operation: OperationInfo;
  readonly subject: Subject;
  readonly onClose: () => void;
}

/** Says what an operation does, and to what, and asks whether it is meant. */
export function Confirm({ operation, subject, onClose }: ConfirmProps) {
  const [typed, setTyped] = useState('');
  const [given, setGiven] = useState<Readonly<Record<string, unknown>>>({});
  const { verb, effect } = operation;
  const wanted = mustType(subject, operation);
  const options = optionsOf(operation, subject.kind);
  const isWhole = options.every(({ name, required }) => !required || given[name] !== undefined);
  const meant = isWhole && isTyped(wanted, typed);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!meant) return;
    marks.value = new Set();
    onClose();
    const what = `${verbWord(verb)} ${nameOf(subject)}`;
    begin(verb, { ...argumentsOf(subject), ...given }, what).catch(() => {
      // the list of what is under way tells why
    });
  };
  return (
    <form onSubmit={submit}>
      <p>{effectOf(verb, effect)}</p>
      <SubjectFacts subject={subject} />
      <Options {...{ options, given, setGiven }} />
      <TypedSurely {...{ wanted, typed, setTyped }} />
      <p class="buttons">
        <button type="submit" class="strong" aria-disabled={!meant} data-confirm>
          {verbWord(verb)}
        </button>
        <button
          type="button"
          onClick={() => {
            actionAsked.value = { subject };
          }}
        >
          {t('action.back')}
        </button>
        <button type="button" onClick={onClose}>
          {t('dialog.cancel')}
        </button>
      </p>
    </form>
  );
}

function SubjectFacts({ subject }: { readonly subject: Subject }) {
  if (subject.kind !== 'servers')
    return (
      <p>
        <Said text={nameOf(subject)} />
      </p>
    );
  const { ids, clients } = subject;
  return (
    <>
      {ids.length > 1 && (
        <details open={ids.length < 12}>
          <summary>{t('action.servers', { n: ids.length })}</summary>
          <p>
            <Said text={ids.join(', ')} />
          </p>
        </details>
      )}
      {clients > 0 && <p class="notice">! {t('action.clients', { n: clients })}</p>}
    </>
  );
}
