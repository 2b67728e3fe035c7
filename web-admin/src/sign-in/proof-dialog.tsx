import { useState } from 'preact/hooks';
import type { Session } from '../api/answers.js';
import { proofAsked, prove } from '../session/proof-store.js';
import { useFailing } from '../shell/failing.js';
import { Modal } from '../shell/modal.js';
import { Problem } from '../shell/problem.js';
import { t } from '../words/words-store.js';
import { digits, Field } from './field.js';
import { leaveForProvider } from './provider.js';

/** Asks whoever wants something dangerous to prove that it is still them. */
export function ProofDialog({ session }: { readonly session: Session }) {
  if (!proofAsked.value) return null;
  if (session.secondFactor === 'provider') return <ProviderProof />;
  return <Proof factor={session.secondFactor === 'on'} name={session.name} />;
}

/** Whoever has signed in at a provider proves it there: this page is left for that. */
function ProviderProof() {
  const { problem, busy, run } = useFailing();
  return (
    <Modal title={t('proof.title')} onClose={() => proofAsked.value?.(false)}>
      <div data-proof>
        <p>{t('proof.provider')}</p>
        <Problem text={problem} />
        <p class="buttons">
          <button
            type="button"
            class="strong"
            onClick={() => run(() => leaveForProvider(true))}
            aria-disabled={busy}
          >
            {t('proof.go')}
          </button>
          <button type="button" onClick={() => proofAsked.value?.(false)}>
            {t('dialog.cancel')}
          </button>
        </p>
      </div>
    </Modal>
  );
}

function Proof({ factor, name }: { readonly factor: boolean; readonly name: string }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { problem, busy, run } = useFailing();
  const submit = (event: Event) => {
    event.preventDefault();
    run(() => prove({ password, ...(factor && { code }) }));
  };
  return (
    <Modal title={t('proof.title')} onClose={() => proofAsked.value?.(false)}>
      <form onSubmit={submit} data-proof>
        <p>{t('proof.intro')}</p>
        {/* for whoever keeps passwords: it has to know whose this is */}
        <input type="text" hidden readOnly autocomplete="username" value={name} />
        <Field
          label={t('signIn.password')}
          type="password"
          value={password}
          onText={setPassword}
          autocomplete="current-password"
          required
        />
        {factor && <Field label={t('signIn.code')} value={code} onText={setCode} {...digits} required />}
        <Problem text={problem} />
        <p class="buttons">
          <button type="submit" class="strong" aria-disabled={busy}>
            {t('proof.do')}
          </button>
          <button type="button" onClick={() => proofAsked.value?.(false)}>
            {t('dialog.cancel')}
          </button>
        </p>
      </form>
    </Modal>
  );
}
