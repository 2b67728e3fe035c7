import type { Ref } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly type?: 'text' | 'password' | 'number' | 'search';
  readonly autocomplete?: string;
  readonly autocapitalize?: 'off';
  readonly spellcheck?: boolean;
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly inputMode?: 'numeric';
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly ref?: Ref<HTMLInputElement>;
  /** What more is said of it. */
  readonly hint?: string | undefined;
}

/** A field to type in, with its label before it. */
export function Field({ label, value, onText, hint, type = 'text', ...rest }: FieldProps) {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <input
        {...({ ...rest, type } as object)}
        id={id}
        value={value}
        aria-describedby={hint && `${id}-hint`}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
      />
      {hint && (
        <span id={`${id}-hint`} class="hint">
          {hint}
        </span>
      )}
    </p>
  );
}

/** What a field for the digits of a second factor has. */
export const digits = {
  inputMode: 'numeric',
  autocomplete: 'one-time-code',
  pattern: '[0-9]{6}',
  maxLength: 6,
} as const;
