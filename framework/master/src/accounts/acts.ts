/** What people do with accounts of theirs, and programs with keys, beside operations: as the audit log names it. */
export type ActVerb =
  | 'session.begin'
  | 'session.end'
  | 'session.prove'
  /** A password was set by a link. */
  | 'session.setup'
  /** A second factor was set up. */
  | 'session.factor'
  | 'session.key'
  /** The link of the first account was shown to who began the cluster. */
  | 'session.link';

/** One such thing, by whom and from which address. */
export interface Act {
  readonly verb: ActVerb;
  readonly by: string;
  readonly from?: string;
  /** The account that it is about, where that is not `by`. */
  readonly target?: string;
}

/** Where acts are written down. */
export interface ActRecords {
  /** It is about to be done. @throws AUDIT_UNWRITABLE: then it is not */
  done(act: Act): void;
  /** It is so in any case. */
  told(act: Act): void;
  /** It was refused; of very many such times it tells the number. */
  refused(act: Act, error: unknown): void;
}

/** Stands for who has given the name of no account: what they gave may be a password. No account can be called so. */
export const noAccount = '(no account)';
