import type { OperationInfo } from '../api/answers.js';
import { Link } from '../place/link.js';
import { operations, session } from '../session/session-store.js';
import { Problem } from '../shell/problem.js';
import { titleOf } from '../shell/title.js';
import { Said } from '../text/said.js';
import { effectOf, t } from '../words/words-store.js';
import { OperationFacts } from './operation-facts.js';
import { OperationForm } from './operation-form.js';
import { ownPageOf } from './own-pages.js';
import { VerbList } from './verb-list.js';

/** All operations of the master, or the one of them that is named: made wholly of the table that the master gives. */
export function OperatePage({ verb }: { readonly verb: string }) {
  if (verb === '') return <VerbList />;
  const operation = operations.value.find((one) => one.verb === verb);
  return (
    <>
      <p>
        <Link to={{ page: 'operate', verb: '' }}>{t('nav.operate')}</Link>
      </p>
      <h1>
        <Said text={verb} lang="en" />
      </h1>
      {operation ? (
        <OneOperation operation={operation} key={verb} />
      ) : (
        <Problem text={t('operate.unknown', { verb })} />
      )}
    </>
  );
}

function OneOperation({ operation }: { readonly operation: OperationInfo }) {
  const { verb, effect, allowed, role } = operation;
  return (
    <>
      <p>{effectOf(verb, effect)}</p>
      <OperationFacts operation={operation} />
      {allowed ? (
        <Asked operation={operation} />
      ) : (
        <p class="notice">{t('action.notAllowed', { role: session.value?.role ?? '', needs: role })}</p>
      )}
    </>
  );
}

function Asked({ operation }: { readonly operation: OperationInfo }) {
  const own = ownPageOf(operation.verb);
  if (!own) return <OperationForm operation={operation} />;
  return (
    <p>
      {t('operate.elsewhere')} <Link to={own}>{titleOf(own)}</Link>
    </p>
  );
}
