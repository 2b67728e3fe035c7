import { useId } from 'preact/hooks';
import type { ArgumentSchema } from '../api/answers.js';
import { Field } from '../sign-in/field.js';
import { english, type WordKey } from '../words/en.js';
import { t } from '../words/words-store.js';
import type { Option } from './subject.js';

/** What was said of how something is carried out; what was not is as it is anyway. */
export type Given = Readonly<Record<string, unknown>>;

interface OptionsProps {
  readonly options: readonly Option[];
  readonly given: Given;
  readonly setGiven: (given: Given) => void;
}

/** What has to be said of how something is carried out, and behind a button what else may be. */
export function Options({ options, given, setGiven }: OptionsProps) {
  const [needed, others] = [true, false].map((required) =>
    options
      .filter((option) => option.required === required)
      .map((option) => (
        <OptionField
          key={option.name}
          option={option}
          label={labelOf(option.name)}
          value={given[option.name]}
          onValue={(value) => setGiven(withOption(given, option.name, value))}
        />
      )),
  );
  return (
    <>
      {needed}
      {others!.length > 0 && (
        <details>
          <summary>{t('action.options')}</summary>
          {others}
        </details>
      )}
    </>
  );
}

function labelOf(name: string): string {
  const key = `field.${name}`;
  return Object.hasOwn(english, key) ? t(key as WordKey) : name;
}

function withOption(given: Given, name: string, value: unknown): Given {
  const { [name]: _, ...rest } = given;
  return value === undefined ? rest : { ...rest, [name]: value };
}

interface OptionFieldProps {
  readonly option: Option;
  readonly label: string;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  /** What it means, where the label does not say so. */
  readonly hint?: string | undefined;
}

/** A field for a text, a number, yes or no, or one of some words; its value is undefined as long as nothing is said. */
export function OptionField({ option, label, value, onValue, hint }: OptionFieldProps) {
  const { schema, required } = option;
  const choices = choicesOf(schema);
  if (choices) return <Choice {...{ label, choices, required, value, onValue, hint }} />;
  const numeric = schema.type !== 'string';
  return (
    <Field
      label={label}
      hint={hint}
      type={numeric ? 'number' : 'text'}
      value={value === undefined ? '' : String(value)}
      required={required}
      {...(schema.minimum !== undefined && { min: schema.minimum })}
      {...(schema.maximum !== undefined && { max: schema.maximum })}
      {...(schema.maxLength !== undefined && { maxLength: schema.maxLength })}
      onText={(text) => onValue(text === '' ? undefined : numeric ? Number(text) : text)}
    />
  );
}

/** The values that an argument may have, with their words, where there are few. */
function choicesOf({ type, enum: values }: ArgumentSchema): ReadonlyMap<string, unknown> | undefined {
  if (values) return new Map(values.map((one) => [one, one]));
  if (type !== 'boolean') return undefined;
  return new Map<string, unknown>([
    [t('yes'), true],
    [t('no'), false],
  ]);
}

interface ChoiceProps extends Omit<OptionFieldProps, 'option'> {
  readonly choices: ReadonlyMap<string, unknown>;
  readonly required: boolean;
}

function Choice({ label, choices, required, value, onValue, hint }: ChoiceProps) {
  const id = useId();
  const chosen = [...choices].find(([, one]) => one === value)?.[0] ?? '';
  return (
    <p class="field">
      <label>
        {label}{' '}
        <select
          value={chosen}
          required={required}
          aria-describedby={hint && id}
          onChange={({ currentTarget }) => onValue(choices.get(currentTarget.value))}
        >
          <option value="">{required ? '' : t('field.usual')}</option>
          {[...choices.keys()].map((words) => (
            <option key={words} value={words}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {hint && (
        <span id={id} class="hint">
          {hint}
        </span>
      )}
    </p>
  );
}
