import { Sign } from '../table/sign.js';
import { Said } from '../text/said.js';
import { stateWord, t } from '../words/words-store.js';
import { dismiss, type Task, tasks } from './tasks-store.js';

/** What was begun from this page, and how far it is. */
export function Tasks() {
  if (tasks.value.length === 0) return null;
  return (
    <section class="tasks" aria-label={t('tasks.label')}>
      <ul>
        {tasks.value.map((task) => (
          <OneTask task={task} key={task.number} />
        ))}
      </ul>
    </section>
  );
}

function OneTask({ task }: { readonly task: Task }) {
  const { what, state, reason = '', steps, number } = task;
  return (
    <li data-task={state}>
      <p>
        <Sign state={state === 'running' ? 'waiting' : state} trouble={state === 'failed' ? 1 : 0} />{' '}
        <Said text={what} />
        {': '}
        <Said text={state === 'failed' ? t('tasks.failed', { reason }) : t(`tasks.${state}`)} />
      </p>
      {steps.size > 0 && (
        <details open={state === 'running' && steps.size < 6}>
          <summary>
            {t('tasks.steps')} ({steps.size})
          </summary>
          <ul>
            {[...steps].map(([id, text]) => (
              <li key={id}>
                <Said text={id} /> <Said text={stateWord(text)} />
              </li>
            ))}
          </ul>
        </details>
      )}
      {state !== 'running' && (
        <button
          type="button"
          class="small"
          aria-label={t('tasks.dismiss', { what })}
          onClick={() => dismiss(number)}
        >
          <span aria-hidden="true">✕</span>
        </button>
      )}
    </li>
  );
}
