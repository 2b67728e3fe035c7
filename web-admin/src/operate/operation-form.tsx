import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { OperationInfo } from '../api/answers.js';
import { Problem } from '../shell/problem.js';
import { t } from '../words/words-store.js';
import { Answer } from './answer.js';
import { type FieldFaults, fieldsOf, type Given, readFields } from './fields.js';
import { ArgumentField } from './form-field.js';
import { MeantDialog } from './meant-dialog.js';
import { asksSurely } from './sure.js';
import { useAnswer } from './use-answer.js';

/** The form of an operation, made of the schema of its arguments, and what was answered. */
export function OperationForm({ operation }: { readonly operation: OperationInfo }) {
  const { changes } = operation;
  const fields = useMemo(() => fieldsOf(operation.args), [operation]);
  const [given, setGiven] = useState<Given>({});
  const [faults, setFaults] = useState<FieldFaults>({});
  const [meant, setMeant] = useState<Readonly<Record<string, unknown>> | undefined>();
  const { answer, problem, busy, ask, cancel } = useAnswer(operation);
  const { form, toFault } = useFaultyField();
  const submit = (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const read = readFields(fields, given);
    setFaults(read.faults);
    if (Object.keys(read.faults).length > 0) toFault();
    else if (asksSurely(operation)) setMeant(read.args);
    else ask(read.args);
  };
  const change = (name: string) => (value: unknown) => {
    const { [name]: _, ...others } = faults;
    setFaults(others);
    setGiven({ ...given, [name]: value });
  };
  return (
    <>
      <form class="operation-form" ref={form} onSubmit={submit} data-form>
        {fields.length === 0 && <p class="quiet">{t('operate.noFields')}</p>}
        {fields.map((field) => (
          <ArgumentField
            key={field.name}
            verb={operation.verb}
            field={field}
            value={given[field.name]}
            fault={faults[field.name]}
            onValue={change(field.name)}
          />
        ))}
        <p class="buttons">
          <button type="submit" class="strong" aria-disabled={busy} data-ask>
            {t(asksSurely(operation) ? 'operate.do' : 'operate.ask')}
          </button>
          {busy && !changes && (
            <button type="button" onClick={cancel} data-cancel>
              {t('operate.cancel')}
            </button>
          )}
          {busy && <span class="quiet">{t('tasks.running')}</span>}
        </p>
      </form>
      <Problem text={problem} />
      {answer && <Answer value={answer.value} />}
      {meant && <MeantDialog {...{ operation, args: meant, ask }} onClose={() => setMeant(undefined)} />}
    </>
  );
}

/** Leads to the first field of a form that could not be read. */
function useFaultyField() {
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  return { form, toFault: () => setTries(tries + 1) };
}
