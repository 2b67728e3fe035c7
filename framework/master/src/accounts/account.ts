/** Somebody who may sign in, as it is kept. */
export interface Account {
  readonly name: string;
  /** `viewer`, `operator`, `admin`, or one of the configuration. */
  readonly role: string;
  /** See `Passwords.hash`; missing until its link was followed. */
  readonly password?: string;
  readonly secondFactor?: SecondFactor;
  readonly disabled?: boolean;
  /** A link by which the password can be set once. */
  readonly link?: { readonly hash: string; readonly until: number };
  /** In ms since 1970. */
  readonly lastSignIn?: number;
  /** From where that was: others who fail do not keep its owner out there. */
  readonly lastAddress?: string;
}

/** An account as tables show it. */
export interface AccountRow {
  readonly name: string;
  readonly role: string;
  readonly secondFactor: boolean;
  readonly disabled: boolean;
  /** Whether it waits for its link to be followed. */
  readonly invited: boolean;
  readonly lockedUntil?: number;
  readonly lastSignIn?: number;
}

/** Codes of one time that somebody's app makes. */
export interface SecondFactor {
  readonly secret: string;
  /** Whether a code of it was given once: then it is asked for. */
  readonly confirmed: boolean;
  /** Step of the last code that was used. */
  readonly lastStep?: number;
}

/** A key for programs, as it is kept. */
export interface KeptKey {
  /** Shown in tables, and the first part of the key itself. */
  readonly id: string;
  readonly name: string;
  readonly role: string;
  /** SHA-256 of the key's second part. */
  readonly hash: string;
  /** In ms since 1970. */
  readonly expires?: number;
  /** Requests a second that it may make. */
  readonly rate: number;
}
