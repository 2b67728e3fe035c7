import { Said } from '../text/said.js';

/** What was refused, for people and for screen readers. */
export function Problem({ text }: { readonly text: string | undefined }) {
  return (
    <div role="alert">
      {text !== undefined && (
        <p class="problem">
          <span aria-hidden="true">! </span>
          <Said text={text} />
        </p>
      )}
    </div>
  );
}
