import { moodOf, signOf } from '@pomelo-ts/views';

/** The sign of a state, beside its word: nobody has to see its colour. */
export function Sign({ state, trouble }: { readonly state: string; readonly trouble: number }) {
  return (
    <span class={`sign mood-${moodOf(state, trouble)}`} aria-hidden="true">
      {signOf(state, trouble, false)}
    </span>
  );
}
