import { Field } from '../sign-in/field.js';
import { t } from '../words/words-store.js';
import type { MustType } from './subject.js';

interface TypedSurelyProps {
  /** Undefined where a button is enough. */
  readonly wanted: MustType | undefined;
  readonly typed: string;
  readonly setTyped: (text: string) => void;
}

/** Asks for what has to be typed before something is carried out. */
export function TypedSurely({ wanted, typed, setTyped }: TypedSurelyProps) {
  if (!wanted) return null;
  return (
    <Field
      label={t(wanted.what === 'count' ? 'action.typeCount' : 'action.typeId', { what: wanted.text })}
      value={typed}
      onText={setTyped}
      autocomplete="off"
      spellcheck={false}
      autocapitalize="off"
    />
  );
}

/** Whether what has to be typed was. */
export const isTyped = (wanted: MustType | undefined, typed: string): boolean =>
  wanted === undefined || typed.trim() === wanted.text;
