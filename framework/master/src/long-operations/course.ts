/** What has become of a step. */
export type StepState = 'left' | 'begun' | 'done' | 'taken back';

/** One step of a long operation, such as the restart of one server. */
export interface Step {
  /** Names it within its operation: the id of a server, say. */
  readonly name: string;
  readonly state: StepState;
  /** The life of the server when the operation was planned: another one since tells that the step has had its effect. */
  readonly life?: string;
  /** What it came to, for whoever takes it back: `swapped`. */
  readonly came?: string;
}

/** A step as it is planned. */
export type PlannedStep = Pick<Step, 'name' | 'life'>;

/**
 * The course of a long operation, as the work that it consists of sees it. Each step is written down before it is taken and after it,
 * so the next master knows what to go on with. Steps must be such that one which was begun can be taken once more.
 *
 * @example
 * await course.plan(ids.map((name) => ({ name })));
 * for (const { name } of course.left) {
 *   await course.mayGoOn();
 *   await course.begin([name]);
 *   await drain(name);
 *   await course.done([name]);
 * }
 */
export interface Course {
  /** Says what is to be done, in order. Of an operation that a former master has planned, that plan stays. */
  plan(steps: readonly PlannedStep[]): Promise<void>;
  /** The steps that are not done. */
  readonly left: readonly Step[];
  /** Resolves at once, or when a pause is over. @throws OPERATION_ENDED when it is to end here */
  mayGoOn(): Promise<void>;
  /** For a step that takes long: whether anybody still wants it to go on. @throws OPERATION_ENDED */
  requireWanted(): void;
  /** Writes down that these steps are about to be taken. */
  begin(names: readonly string[]): Promise<void>;
  /** Writes down that these steps are done, and what they came to. */
  done(names: readonly string[], came?: string): Promise<void>;
  /** Writes down that these steps, which were done, are done no more. */
  tookBack(names: readonly string[]): Promise<void>;
}

/** The course of work that nobody watches, pauses or goes on with. */
export function plainCourse(): Course {
  let left: readonly Step[] = [];
  return {
    async plan(steps) {
      left = steps.map((step) => ({ ...step, state: 'left' }));
    },
    get left() {
      return left;
    },
    async mayGoOn() {},
    requireWanted() {},
    async begin() {},
    async done(names) {
      left = left.filter(({ name }) => !names.includes(name));
    },
    async tookBack() {},
  };
}
