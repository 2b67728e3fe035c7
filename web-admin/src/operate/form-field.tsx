import { useId } from 'preact/hooks';
import { OptionField } from '../actions/options.js';
import { Said } from '../text/said.js';
import { argumentWords, t } from '../words/words-store.js';
import { type FieldFault, type FormField, shapeOf } from './fields.js';

interface FormFieldProps {
  readonly verb: string;
  readonly field: FormField;
  readonly value: unknown;
  readonly fault: FieldFault | undefined;
  readonly onValue: (value: unknown) => void;
}

/** A field for one argument, by its own name: that is the one which the command line and programs use. */
export function ArgumentField({ verb, field, value, fault, onValue }: FormFieldProps) {
  const { name, kind, required, schema } = field;
  const hint = argumentWords(verb, name, schema.description);
  const label = required ? t('operate.required', { name }) : name;
  if (kind === 'option') return <OptionField {...{ option: field, label, hint, value, onValue }} />;
  const text = value === undefined ? '' : String(value);
  return <TextArea {...{ field, label, hint, fault, onValue }} value={text} />;
}

interface TextAreaProps extends Omit<FormFieldProps, 'verb'> {
  readonly label: string;
  readonly hint: string | undefined;
  readonly value: string;
}

function TextArea({ field, label, hint, value, fault, onValue }: TextAreaProps) {
  const { name, kind, schema, required } = field;
  const id = useId();
  const how = howTyped(kind, shapeOf(schema));
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        name={name}
        rows={kind === 'word' ? 1 : kind === 'texts' ? 2 : 4}
        value={value}
        required={required}
        maxLength={schema.maxLength}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-hint ${id}-fault`}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
      <span id={`${id}-hint`} class="hint">
        {hint} {how}
      </span>
      <span id={`${id}-fault`} class="problem" aria-live="polite">
        {fault && <Said text={`! ${faultText(fault)}`} />}
      </span>
    </p>
  );
}

function howTyped(kind: FormField['kind'], shape: string): string {
  if (kind === 'texts') return t('operate.texts');
  if (kind === 'json') return t('operate.json', { shape });
  return kind === 'word' ? shape : '';
}

const faultText = (fault: FieldFault): string =>
  fault.is === 'missing' ? t('operate.missing') : t('operate.notJson', { reason: fault.reason });
