import { useId } from 'preact/hooks';
import { OptionField } from '../actions/options.js';
import { Said } from '../text/said.js';
import { t } from '../words/words-store.js';
import { type FieldFault, type FormField, shapeOf } from './fields.js';

interface FormFieldProps {
  readonly field: FormField;
  readonly value: unknown;
  readonly fault: FieldFault | undefined;
  readonly onValue: (value: unknown) => void;
}

/** A field for one argument, by its own name: that is the one which the command line and programs use. */
export function ArgumentField({ field, value, fault, onValue }: FormFieldProps) {
  const { name, kind, required } = field;
  const label = required ? t('operate.required', { name }) : name;
  if (kind === 'option') return <OptionField {...{ option: field, label, value, onValue }} />;
  return <TextArea {...{ field, label, fault, onValue }} value={value === undefined ? '' : String(value)} />;
}

interface TextAreaProps extends FormFieldProps {
  readonly label: string;
  readonly value: string;
}

function TextArea({ field: { name, kind, schema, required }, label, value, fault, onValue }: TextAreaProps) {
  const id = useId();
  const hint = hintOf(kind, shapeOf(schema));
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
        {hint}
      </span>
      <span id={`${id}-fault`} class="problem" aria-live="polite">
        {fault && <Said text={`! ${faultText(fault)}`} />}
      </span>
    </p>
  );
}

function hintOf(kind: FormField['kind'], shape: string): string {
  if (kind === 'texts') return t('operate.texts');
  if (kind === 'json') return t('operate.json', { shape });
  return kind === 'word' ? shape : '';
}

const faultText = (fault: FieldFault): string =>
  fault.is === 'missing' ? t('operate.missing') : t('operate.notJson', { reason: fault.reason });
