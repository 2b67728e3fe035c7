import { escapedLines } from '@pomelo-ts/views';

interface TextBoxProps {
  readonly label: string;
  readonly text: string;
}

/** A text of many lines that somebody else has written, in a box of bounded height. */
export function TextBox({ label, text }: TextBoxProps) {
  return (
    <section
      class="log"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what is scrolled has to be reached by the keyboard
      tabIndex={0}
      aria-label={label}
      lang="en"
    >
      <p>
        <bdi>{escapedLines(text)}</bdi>
      </p>
    </section>
  );
}
