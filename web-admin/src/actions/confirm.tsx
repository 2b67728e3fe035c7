import { useState } from 'preact/hooks';
import type { ArgumentSchema, OperationInfo } from '../api/answers.js';
import { Field } from '../sign-in/field.js';
import { marks } from '../table/marks-store.js';
import { Said } from '../text/said.js';
import { english, type WordKey } from '../words/en.js';
import { effectOf, t, verbWord } from '../words/words-store.js';
import { actionAsked } from './action-store.js';
import { mustType, nameOf, optionsOf, type Subject } from './subject.js';
import { begin } from './tasks-store.js';

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
  const meant = wanted === undefined || typed.trim() === wanted.text;
  const options = optionsOf(operation, subject.kind);
  const submit = (event: Event) => {
    event.preventDefault();
    if (!meant) return;
    marks.value = new Set();
    onClose();
    void begin(operation, subject, given);
  };
  return (
    <form onSubmit={submit}>
      <p>{effectOf(verb, effect)}</p>
      <SubjectFacts subject={subject} />
      <Options {...{ options, given, setGiven }} />
      {wanted && (
        <Field
          label={t(wanted.what === 'id' ? 'action.typeId' : 'action.typeCount', { what: wanted.text })}
          value={typed}
          onText={setTyped}
          autocomplete="off"
          spellcheck={false}
          autocapitalize="off"
        />
      )}
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

interface OptionsProps {
  readonly options: ReturnType<typeof optionsOf>;
  readonly given: Readonly<Record<string, unknown>>;
  readonly setGiven: (given: Readonly<Record<string, unknown>>) => void;
}

/** What else may be said of how it is carried out. */
function Options({ options, given, setGiven }: OptionsProps) {
  if (options.length === 0) return null;
  return (
    <details>
      <summary>{t('action.options')}</summary>
      {options.map(([name, schema]) => (
        <Option
          key={name}
          name={name}
          schema={schema}
          value={given[name]}
          onValue={(value) => setGiven(withOption(given, name, value))}
        />
      ))}
    </details>
  );
}

/** What is not said is as it is anyway. */
function withOption(given: Readonly<Record<string, unknown>>, name: string, value: unknown) {
  const { [name]: _, ...rest } = given;
  return value === undefined ? rest : { ...rest, [name]: value };
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

interface OptionProps {
  readonly name: string;
  readonly schema: ArgumentSchema;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
}

function Option({ name, schema, value, onValue }: OptionProps) {
  const key = `field.${name}`;
  const label = Object.hasOwn(english, key) ? t(key as WordKey) : name;
  if (schema.type === 'boolean')
    return (
      <p class="field">
        <label>
          {label}{' '}
          <select
            value={value === undefined ? '' : String(value)}
            onChange={({ currentTarget }) =>
              onValue(currentTarget.value === '' ? undefined : currentTarget.value === 'true')
            }
          >
            <option value="">{t('field.usual')}</option>
            <option value="true">{t('yes')}</option>
            <option value="false">{t('no')}</option>
          </select>
        </label>
      </p>
    );
  const numeric = schema.type !== 'string';
  return (
    <Field
      label={label}
      type={numeric ? 'number' : 'text'}
      value={value === undefined ? '' : String(value)}
      {...(schema.minimum !== undefined && { min: schema.minimum })}
      {...(schema.maximum !== undefined && { max: schema.maximum })}
      {...(schema.maxLength !== undefined && { maxLength: schema.maxLength })}
      onText={(text) => onValue(text === '' ? undefined : numeric ? Number(text) : text)}
    />
  );
}
