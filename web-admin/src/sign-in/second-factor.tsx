import { useState } from 'preact/hooks';
import type { Session } from '../api/answers.js';
import { ask } from '../api/request.js';
import { withProof } from '../session/proof-store.js';
import { enter } from '../session/session-store.js';
import { CopyText } from '../shell/copy-text.js';
import { useFailing } from '../shell/failing.js';
import { Later } from '../shell/later.js';
import { Problem } from '../shell/problem.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { digits, Field } from './field.js';

interface Secret {
  readonly secret: string;
  readonly uri: string;
}

/** Turns a second factor on: an authenticator gets the secret, and shows that it has it. */
export function SecondFactor({ session }: { readonly session: Session }) {
  const [secret, setSecret] = useState<Secret | undefined>();
  const [code, setCode] = useState('');
  const { problem, busy, run } = useFailing();
  const begin = () =>
    run(async () => setSecret(await withProof(() => ask<Secret>('POST', 'session/second-factor', {}))));
  const confirm = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await enter(await ask('POST', 'session/second-factor/confirm', { code }));
      setSecret(undefined);
      setCode('');
      announce(t('factor.done'));
    });
  };
  return (
    <>
      <p>{t(`factor.${session.secondFactor}`)}</p>
      {secret ? (
        <form onSubmit={confirm}>
          <p>{t('factor.scan')}</p>
          <Later load={qrCode} props={{ text: secret.uri, label: t('factor.qr') }} />
          <CopyText label={t('factor.secret')} text={secret.secret} />
          <p>
            <a href={secret.uri}>{t('factor.link')}</a>
          </p>
          <Field label={t('factor.code')} value={code} onText={setCode} {...digits} required />
          <button type="submit" class="strong" aria-disabled={busy}>
            {t('factor.confirm')}
          </button>
        </form>
      ) : (
        hasNone(session) && (
          <button type="button" onClick={begin} aria-disabled={busy}>
            {t('factor.begin')}
          </button>
        )
      )}
      <Problem text={problem} />
    </>
  );
}

const qrCode = async () => (await import('./qr-code.js')).QrCode;

const hasNone = ({ secondFactor }: Session): boolean => secondFactor === 'off' || secondFactor === 'required';
