import { useState } from 'preact/hooks';
import type { OperationInfo } from '../api/answers.js';
import { Link } from '../place/link.js';
import { operations, session } from '../session/session-store.js';
import { Field } from '../sign-in/field.js';
import { effectOf, t } from '../words/words-store.js';

/** All operations by what they are about, those alone that have the words that are looked for. */
export function VerbList() {
  const [wanted, setWanted] = useState('');
  const found = operations.value.filter((one) => hasWords(one, wanted));
  const subjects = [...new Set(found.map(({ verb }) => subjectOf(verb)))];
  return (
    <>
      <h1>{t('nav.operate')}</h1>
      <p class="quiet">{t('operate.intro')}</p>
      <div class="row-form">
        <Field
          label={t('operate.find')}
          type="search"
          value={wanted}
          onText={setWanted}
          autocomplete="off"
          spellcheck={false}
        />
      </div>
      {found.length === 0 && <p class="empty">{t('operate.noneFound')}</p>}
      {subjects.map((subject) => (
        <section key={subject}>
          <h2 lang="en">{subject}</h2>
          <ul class="choices verbs">
            {found
              .filter(({ verb }) => subjectOf(verb) === subject)
              .map((operation) => (
                <VerbLine operation={operation} key={operation.verb} />
              ))}
          </ul>
        </section>
      ))}
    </>
  );
}

const subjectOf = (verb: string): string => verb.split('.')[0]!;

function hasWords({ verb, effect }: OperationInfo, wanted: string): boolean {
  const text = `${verb} ${effectOf(verb, effect)}`.toLowerCase();
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** One that the role may not ask for is there all the same, with why not. */
function VerbLine({ operation: { verb, effect, allowed, role } }: { readonly operation: OperationInfo }) {
  return (
    <li data-operation={verb}>
      {allowed ? <Link to={{ page: 'operate', verb }}>{verb}</Link> : <span class="quiet">{verb}</span>}
      <p>
        {effectOf(verb, effect)}{' '}
        {!allowed && (
          <strong>{t('action.notAllowed', { role: session.value?.role ?? '', needs: role })}</strong>
        )}
      </p>
    </li>
  );
}
