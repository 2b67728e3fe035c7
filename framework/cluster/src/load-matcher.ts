/** Finds a pattern in a text, in time that grows with the length of the text alone. */
export type LinearMatcher = (pattern: string) => TextMatcher;

/** Whether a pattern is found in a text. @param cut at which of its ends the text is a piece of a longer one */
export type TextMatcher = (text: string, cut?: { readonly begin: boolean; readonly end: boolean }) => boolean;

let loaded: Promise<LinearMatcher> | undefined;

/** What makes matchers of regular expressions, once somebody filters: most processes never load it. */
export function loadLinearMatcher(): Promise<LinearMatcher> {
  loaded ??= import('./linear-matcher.js').then(({ linearMatcher }) => linearMatcher);
  return loaded;
}
