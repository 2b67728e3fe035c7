import { PomeloError } from '@pomelo-ts/common';
import type { Session } from '../session.js';

/**
 * What a validation library offers for its schemas, whichever library it is: zod, valibot, arktype and others. The part of
 * Standard Schema (standardschema.dev) that is used here.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Only for the compiler. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says of a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a client may send for a schema. */
export type SchemaInput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input'];

/** What a handler gets for a schema. */
export type SchemaOutput<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output'];

/** One problem of a body, as a client is told it in `data.issues`. */
export interface InputIssue {
  /** Such as `target.x` or `items.0`; empty for the body itself. */
  readonly path: string;
  readonly message: string;
}

const schemaOf = Symbol.for('pomelo-ts input schema');

/** Most problems that are told of one body, and most characters of each. */
const maxIssues = 20;
const maxIssueLength = 200;

/** A handler method as clients see it: it takes what its schema takes. */
export type CheckedMethod<S extends StandardSchema, Answer> = (
  msg: SchemaInput<S>,
  session: Session,
) => Answer;

/**
 * A handler method whose body is checked by a schema first: `handle` gets the schema's output, and a body that does not fit
 * is answered with code 400, the paths of what is wrong in `data.issues`, and never reaches it.
 *
 * @example
 * export default defineHandler((app) => ({
 *   say: withInput(z.object({ text: z.string().max(500) }), ({ text }, session) => ({ said: text })),
 * }));
 */
export function withInput<S extends StandardSchema, Answer>(
  schema: S,
  handle: (msg: SchemaOutput<S>, session: Session) => Answer,
): CheckedMethod<S, Answer> {
  return attachSchema(
    (msg: SchemaInput<S>, session: Session) => handle(msg as SchemaOutput<S>, session),
    schema,
  );
}

/** Gives a function the schema of its first argument. */
export function attachSchema<F extends (...args: never[]) => unknown>(call: F, schema: StandardSchema): F {
  return Object.assign(call, { [schemaOf]: schema });
}

/** The schema that a method was given by {@link withInput}, or by its class. */
export function inputSchemaOf(method: unknown): StandardSchema | undefined {
  return (method as { [schemaOf]?: StandardSchema })[schemaOf];
}

/** A method that checks its body by `schema` before `call` gets it. */
export function checked(
  route: string,
  schema: StandardSchema,
  call: (msg: unknown, session: Session) => unknown,
): (msg: unknown, session: Session) => unknown {
  const use = (result: SchemaResult<unknown>, session: Session): unknown => {
    if (result.issues) throw inputError(route, result.issues);
    return call(result.value, session);
  };
  return (msg, session) => {
    const result = schema['~standard'].validate(msg);
    return result instanceof Promise ? result.then((one) => use(one, session)) : use(result, session);
  };
}

function inputError(route: string, found: readonly SchemaIssue[]): PomeloError {
  const issues = found.slice(0, maxIssues).map(
    ({ path = [], message }): InputIssue => ({
      path: path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.'),
      message: message.slice(0, maxIssueLength),
    }),
  );
  const problems = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new PomeloError('INPUT_INVALID', { route, problems }, { data: { issues } });
}
