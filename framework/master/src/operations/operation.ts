import type { OperatorRole, Principal } from '@pomelo-ts/cluster';
import type { z } from 'zod';
import type { Course } from '../long-operations/course.js';
import type { LongOperation } from '../long-operations/long-operation.js';
import type { OnProgress, Progress } from '../long-operations/progress.js';
import type { Commanded, StandbyCommanded } from './commanded.js';
import type { Compare } from './compared.js';
import type { Widen } from './turns.js';

/** What an operation has for itself while it is carried out, so that no other that needs the same goes on meanwhile. */
export type Turn<Args> =
  /** Nothing: it is carried out at once, whatever else goes on. */
  | { readonly takes: 'nothing' }
  /** The servers that it means. */
  | { readonly takes: 'servers'; which(args: Args, master: Commanded): readonly string[] }
  /** Which servers there are, and those that it means. */
  | { readonly takes: 'topology'; which(args: Args, master: Commanded): readonly string[] }
  /** All servers, those that there will be, and which there are. */
  | { readonly takes: 'everything' }
  /** It is the last one: nothing comes after it. It does not wait; `interrupts` tells whether others may be under way. */
  | { readonly takes: 'last'; interrupts(args: Args): boolean };

/** One call of an operation, for the function that carries it out. */
export interface Call<Event = Progress> {
  /** Who asks. */
  readonly principal: Principal;
  readonly onProgress: (event: Event) => void;
  /** The servers that it has for itself; empty for a turn that names none. */
  readonly servers: readonly string[];
  /** Takes servers that have just come to be, too. */
  readonly widen: Widen;
  /** Its course, which operators can pause and end when it is long. */
  readonly course: Course;
  /** Aborted when whoever asks is gone. */
  readonly gone: AbortSignal;
  /** Calls `say` as soon as little waits for whoever asks: for what is told again and again. */
  whenRead(say: () => void): void;
}

/** What makes an operation a long one: it is an object that is watched, paused, ended, and kept for the next master. */
export interface LongTraits {
  /** Takes back what is done; missing where that cannot be. */
  takeBack?(master: Commanded, operation: LongOperation, onProgress: OnProgress): Promise<void>;
}

/** All that there is to say about one thing that operators may have a master do. */
export interface Operation<Args extends object, Answer, Event> {
  /** What it takes; unknown arguments are refused. */
  readonly args: z.ZodType<Args>;
  /** What it answers. */
  readonly answer: z.ZodType<Answer>;
  /** What is told while it goes on. */
  readonly progress: z.ZodType<Event>;
  /** The least that somebody must be to ask for it. */
  readonly role: OperatorRole;
  readonly turn: Turn<NoInfer<Args>>;
  /** The servers that it is about where it takes no turn of theirs: they are named to whoever reads of it. */
  about?(args: NoInfer<Args>, master: Commanded): readonly string[];
  /** Whether anything is different afterwards: then who asked for it and what came of it is logged. */
  readonly changes: boolean;
  /** For one that is asked for again and again until it has an effect: whether it had one. Only then it is logged. */
  hadEffect?(answer: Answer): boolean;
  /** What it changes: the record of it tells how that was before and how it is afterwards. */
  readonly compare?: Compare<NoInfer<Args>, NoInfer<Answer>>;
  /** Whether it shows what is somebody's own, such as an address: then who has looked is written down, too. */
  readonly personal?: boolean | ((args: NoInfer<Args>) => boolean);
  /** Another operation that whoever asks must be allowed, too, by its name. */
  alsoNeeds?(args: NoInfer<Args>): string | undefined;
  /** Whether whoever asks through the admin must have proved lately who they are, however it is asked for. */
  readonly needsProof?: boolean;
  /** When it asks for such a proof though others of its kind do not, as it cuts many clients or reaches all. */
  readonly provesWhen?: ProvesWhen<NoInfer<Args>>;
  /** The change by its id that it decides about, which waits for a second person: whoever asks must be one who may ask for that. */
  judges?(args: NoInfer<Args>): string;
  /** Whether it takes a second person where such are asked for, beside what asks for a proof. Arguments may be anything yet. */
  takesTwo?(args: Partial<NoInfer<Args>>, master: Commanded): boolean;
  /** Roles that somebody gets by it, or of whom it changes or ends anything: whoever asks must be allowed all that these are. */
  reaches?(master: Commanded, args: Args): readonly (string | undefined)[];
  /** One sentence for people: what happens when it is carried out. */
  readonly effect: string;
  readonly long?: LongTraits;
  carryOut(master: Commanded, args: Args, call: Call<NoInfer<Event>>): Promise<Answer> | Answer;
  /** How a master that stands by carries it out; without it, it names the one that leads. */
  standby?(master: StandbyCommanded, args: Args): Promise<Answer> | Answer;
}

/** What makes an operation ask for a proof. */
export interface ProvesWhen<Args> {
  /** For people, behind "after a proof when": `it cuts all clients`. */
  readonly when: string;
  holds(args: Args, master: Commanded): boolean;
}

/** An operation of which is known only that it is one. */
export interface AnyOperation {
  readonly args: z.ZodType<object>;
  readonly answer: z.ZodType;
  readonly progress: z.ZodType;
  readonly role: OperatorRole;
  readonly turn: Turn<never>;
  about?(args: never, master: Commanded): readonly string[];
  readonly changes: boolean;
  hadEffect?(answer: unknown): boolean;
  readonly compare?: Compare<never, never>;
  readonly personal?: boolean | ((args: never) => boolean);
  alsoNeeds?(args: never): string | undefined;
  readonly needsProof?: boolean;
  readonly provesWhen?: ProvesWhen<never>;
  judges?(args: never): string;
  takesTwo?(args: never, master: Commanded): boolean;
  reaches?(master: Commanded, args: never): readonly (string | undefined)[];
  readonly effect: string;
  readonly long?: LongTraits;
  carryOut(master: Commanded, args: never, call: Call<never>): unknown;
  standby?(master: StandbyCommanded, args: never): unknown;
}

/** Says what an operation is; its types follow from its schemas. */
export const operation = <Args extends object, Answer, Event>(
  one: Operation<Args, Answer, Event>,
): Operation<Args, Answer, Event> => one;
