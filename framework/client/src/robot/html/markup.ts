/** HTML or SVG that may be put into a page as it is. Only {@link html} makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | undefined | Markup | readonly Part[];

/**
 * A template of markup. What stands in it is text, and shown as that whatever a player or a server has written there; only
 * other markup is taken as it is.
 *
 * @example
 * html`<td>${'<b>'}</td>`.text // '<td>&lt;b&gt;</td>'
 */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((all, text, i) => all + shown(parts[i - 1]) + text));
}

function shown(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'number') return String(part);
  return typeof part === 'string' ? escaped(part) : part.map(shown).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters have no place in a page, and those that turn the direction of writing none in a table. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ').replace(/[&<>"']/g, (one) => entities[one]!);
}
