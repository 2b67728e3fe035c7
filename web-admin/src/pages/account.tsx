import { operations, session } from '../session/session-store.js';
import { SecondFactor } from '../sign-in/second-factor.js';
import { Said } from '../text/said.js';
import { effectOf, t } from '../words/words-store.js';

/** Whoever is signed in: their second factor, and what they may do. */
export function OwnAccount() {
  const own = session.value;
  if (!own) return null;
  return (
    <>
      <h1>
        <Said text={own.name} />
      </h1>
      <h2>{t('factor.title')}</h2>
      <SecondFactor session={own} />
      <h2>{t('account.title')}</h2>
      <p>{t('account.role', { role: own.role })}</p>
      <dl class="details">
        {operations.value
          .filter(({ allowed }) => allowed)
          .map(({ verb, effect, needsProof }) => (
            <div key={verb}>
              <dt>
                <code>{verb}</code>
              </dt>
              <dd>
                {effectOf(verb, effect)} {needsProof && t('action.proof')}
              </dd>
            </div>
          ))}
      </dl>
    </>
  );
}
