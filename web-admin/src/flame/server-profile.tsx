import { escaped, showBytes } from '@pomelo-ts/views';
import { useState } from 'preact/hooks';
import { may } from '../session/session-store.js';
import { Problem } from '../shell/problem.js';
import { Field } from '../sign-in/field.js';
import { saveFile } from '../text/save-file.js';
import { t } from '../words/words-store.js';
import { profiles, takeProfile } from './profile-store.js';
import { TakenProfile } from './taken-profile.js';

interface ServerProfileProps {
  readonly id: string;
  /** Bytes that the server has. */
  readonly memory: number | undefined;
}

/** Takes profiles of a server, and shows where its time went. */
export function ServerProfile({ id, memory }: ServerProfileProps) {
  const [seconds, setSeconds] = useState('5');
  const state = profiles.value.get(id);
  const taking = state?.is === 'taking';
  if (!may('servers.profile')) return <p class="notice">{t('profile.notAllowed')}</p>;
  const take = (event: Event) => {
    event.preventDefault();
    if (!taking) void takeProfile(id, { kind: 'cpu', ms: Math.round(Number(seconds) * 1000) });
  };
  return (
    <>
      <p class="quiet">{t('profile.intro')}</p>
      <form class="row-form" onSubmit={take}>
        <Field
          label={t('profile.seconds')}
          type="number"
          value={seconds}
          onText={setSeconds}
          min={1}
          max={60}
          required
        />
        <button type="submit" class="strong" aria-disabled={taking} data-take="cpu">
          {t('profile.cpu')}
        </button>
      </form>
      <HeapSnapshot id={id} memory={memory} taking={taking} />
      {taking && <p role="status">{t('profile.taking', { got: showBytes(state.bytes) })}</p>}
      <Problem text={state?.is === 'failed' ? t('profile.failed', { reason: state.reason }) : undefined} />
      {state?.is === 'taken' && (
        <>
          <Download {...state} />
          {state.cpu && <TakenProfile {...state.cpu} key={state.file} />}
        </>
      )}
    </>
  );
}

/** A heap snapshot stops the server: that is said before. */
function HeapSnapshot({ id, memory, taking }: ServerProfileProps & { readonly taking: boolean }) {
  const [force, setForce] = useState(false);
  return (
    <details>
      <summary>{t('profile.heap')}</summary>
      <p class="notice">
        {t('profile.heapWarn', { memory: memory === undefined ? '–' : showBytes(memory) })}
      </p>
      <p class="buttons">
        <label class="tick">
          <input
            type="checkbox"
            checked={force}
            onChange={({ currentTarget }) => setForce(currentTarget.checked)}
          />
          {t('profile.force')}
        </label>
        <button
          type="button"
          aria-disabled={taking}
          onClick={() => !taking && void takeProfile(id, { kind: 'heap', force })}
        >
          {t('profile.heap')}
        </button>
      </p>
    </details>
  );
}

function Download({ file, content }: { readonly file: string; readonly content: Uint8Array<ArrayBuffer> }) {
  return (
    <p>
      <button type="button" onClick={() => saveFile(file, 'application/json', content)} data-download>
        {t('profile.download', { name: escaped(file) })} ({showBytes(content.length)})
      </button>
    </p>
  );
}
