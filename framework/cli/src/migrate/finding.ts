/**
 * What has to be done about a finding: `change`, it must be changed before the app can start; `check`, it works where it is
 * what it mostly is; `idle`, it does no harm and nothing else.
 */
export type FindingKind = 'change' | 'check' | 'idle';

/** Something in an old app that is not simply the same as before. */
export interface Finding {
  readonly kind: FindingKind;
  /** Path from the app's folder. */
  readonly file: string;
  /** Line in the file, from 1; undefined for what is true of the file as a whole. */
  readonly line?: number;
  readonly what: string;
  readonly cure: string;
}

/** One file of an app. */
export interface SourceFile {
  /** Path from the app's folder. */
  readonly file: string;
  /** Its text, with blanks in the place of comments. */
  readonly text: string;
}

/** The line of a place in a text, from 1. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
