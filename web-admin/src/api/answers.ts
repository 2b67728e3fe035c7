/** Who is signed in, and what they may do. */
export interface Session {
  readonly name: string;
  readonly role: string;
  readonly verbs: readonly string[];
  /** `provider`: they sign in there, and have neither a password nor a second factor here. */
  readonly secondFactor: 'on' | 'off' | 'required' | 'provider';
  readonly env: string;
  /** Addresses of the pages of all masters, as far as they are known. */
  readonly others: readonly string[];
  /** Until when they have proved who they are for what asks for it, in ms since 1970. */
  readonly provedUntil: number;
  /** Verbs that wait for a second person; none where one is enough. */
  readonly approvals?: readonly string[];
  /** How long it lasts yet when nothing is done, and whatever is done, in ms. */
  readonly idleMs: number;
  readonly leftMs: number;
}

/** The master that leads, as one that does not tells of it. */
export interface LeaderThere {
  readonly name: string;
  /** Address of its page, where that is known. */
  readonly page?: string;
}

/** What a JSON schema says of one argument, as far as forms are made of it. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly const?: unknown;
  readonly items?: ArgumentSchema;
  readonly anyOf?: readonly ArgumentSchema[];
  readonly properties?: Readonly<Record<string, ArgumentSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | ArgumentSchema;
}

/** One thing that operators may have the master do. */
export interface OperationInfo {
  readonly verb: string;
  readonly effect: string;
  readonly changes: boolean;
  readonly role: string;
  readonly needsProof: boolean;
  /** When it asks for a proof, though it does not always; in English. */
  readonly provesWhen?: string;
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

/** A change that waits for a second person. */
export interface Approval {
  readonly id: string;
  readonly verb: string;
  readonly by: string;
  readonly target?: string;
  readonly args: object;
  readonly asked: number;
  readonly until: number;
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
  /** What a change has changed, before and afterwards. */
  readonly was?: object;
  readonly is?: object;
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
    /** When it began or came to its server, in ms since 1970; these three where all of a user was asked for. */
    readonly since?: number;
    readonly queue?: number;
    readonly requests?: number;
  }[];
  readonly channels?: readonly { readonly name: string; readonly server: string }[];
  readonly silent: readonly { readonly id: string; readonly reason: string }[];
}

/** A part of a log, and where the next one begins. */
export interface LogPart {
  readonly lines: readonly string[];
  readonly marks?: string;
  readonly next: { readonly offset: number; readonly before: string };
  readonly more: boolean;
}
