/** Who is signed in, and what they may do. */
export interface Session {
  readonly name: string;
  readonly role: string;
  readonly verbs: readonly string[];
  readonly secondFactor: 'on' | 'off' | 'required';
  readonly env: string;
  /** Until when they have proved who they are for what asks for it, in ms since 1970. */
  readonly provedUntil: number;
  /** How long it lasts yet when nothing is done, and whatever is done, in ms. */
  readonly idleMs: number;
  readonly leftMs: number;
}

/** What a JSON schema says of one argument, as far as forms are made of it. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly description?: string;
}

/** One thing that operators may have the master do. */
export interface OperationInfo {
  readonly verb: string;
  readonly effect: string;
  readonly changes: boolean;
  readonly role: string;
  readonly needsProof: boolean;
  readonly allowed: boolean;
  readonly args: {
    readonly properties?: Readonly<Record<string, ArgumentSchema>>;
    readonly required?: readonly string[];
  };
}

/** Somebody who may sign in. */
export interface Account {
  readonly name: string;
  readonly role: string;
  readonly secondFactor: boolean;
  readonly disabled: boolean;
  /** Has not set a password yet. */
  readonly invited: boolean;
  readonly lockedUntil?: number;
  readonly lastSignIn?: number;
}

/** What a program signs in with. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly expires?: number;
  readonly lastUse?: number;
  readonly rate: number;
}

/** One browser that is signed in. */
export interface SignedIn {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly begun: number;
  readonly lastUse: number;
}

/** One thing that somebody did, or wanted to do. */
export interface AuditRecord {
  readonly n: number;
  readonly at: number | string;
  readonly by: string;
  readonly via: string;
  readonly from?: string;
  readonly verb: string;
  readonly target?: unknown;
  readonly args?: unknown;
  readonly result: 'done' | 'failed' | 'refused' | 'begun';
  readonly code?: string;
  readonly reason?: string;
  readonly ms?: number;
  /** How many looks within a minute it stands for. */
  readonly count?: number;
}

/** Where a user is connected, and which servers did not say. */
export interface UserAnswer {
  readonly sessions: readonly {
    readonly frontendId: string;
    readonly sessionId: string;
    readonly address?: string;
  }[];
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** A part of a log, and where the next one begins. */
export interface LogPart {
  readonly lines: readonly string[];
  readonly next: { readonly offset: number; readonly before: string };
  readonly more: boolean;
}
