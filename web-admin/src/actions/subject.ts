import type { ArgumentSchema, OperationInfo } from '../api/answers.js';

/** What something is done with. */
export type Subject =
  | { readonly kind: 'servers'; readonly ids: readonly string[]; readonly clients: number }
  | { readonly kind: 'users'; readonly uid: string }
  | { readonly kind: 'operations'; readonly id: number; readonly what: string };

/** The argument by which operations of a kind name what they are about. */
const nameArgument = { servers: 'ids', users: 'uid', operations: 'id' } as const;

/** Operations whose subjects are not among those that are shown. */
const elsewhere: ReadonlySet<string> = new Set(['servers.restore']);

/** What may be done with a subject, by the table of operations alone: a new verb of the master needs nothing here. */
export function actionsOn(
  kind: Subject['kind'],
  operations: readonly OperationInfo[],
): readonly OperationInfo[] {
  return operations.filter(
    ({ verb, changes, args }) =>
      changes &&
      verb.startsWith(`${kind}.`) &&
      !elsewhere.has(verb) &&
      Object.hasOwn(args.properties ?? {}, nameArgument[kind]) &&
      // what needs an argument that no form can ask for is for a command line
      othersOf(args, kind).every(({ schema, required }) => !required || isSimple(schema)),
  );
}

/** The arguments that name a subject. */
export function argumentsOf(subject: Subject): Readonly<Record<string, unknown>> {
  switch (subject.kind) {
    case 'servers':
      return { ids: subject.ids };
    case 'users':
      return { uid: subject.uid };
    case 'operations':
      return { id: subject.id };
  }
}

/** A subject as people name it; several servers by the first ones. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case 'servers': {
      const { ids } = subject;
      return ids.length > 3 ? `${ids.slice(0, 3).join(', ')} + ${ids.length - 3}` : ids.join(', ');
    }
    case 'users':
      return subject.uid;
    case 'operations':
      return subject.what;
  }
}

/** What has to be typed before something is carried out. */
export interface MustType {
  readonly what: 'count' | 'id';
  readonly text: string;
}

/**
 * What has to be typed before an operation is carried out: how many there are when there are several, the id of one that has clients or that
 * is taken out for good; nothing else than a button for all others.
 */
export function mustType(subject: Subject, operation: Pick<OperationInfo, 'role'>): MustType | undefined {
  if (subject.kind !== 'servers') return undefined;
  const { ids, clients } = subject;
  return typedForServers(ids, clients > 0 || operation.role === 'admin');
}

/** As {@link mustType} for servers. @param grave whether a button is not enough for one */
export function typedForServers(ids: readonly string[], grave: boolean): MustType | undefined {
  if (ids.length > 1) return { what: 'count', text: String(ids.length) };
  return grave ? { what: 'id', text: ids[0]! } : undefined;
}

/** One argument that a form asks for. */
export interface Option {
  readonly name: string;
  readonly schema: ArgumentSchema;
  /** Whether nothing can be carried out without it. */
  readonly required: boolean;
}

/** Arguments that forms are made of: those that name the subject, and other ways to name servers, are none. */
export function optionsOf({ args }: Pick<OperationInfo, 'args'>, kind: Subject['kind']): readonly Option[] {
  return othersOf(args, kind).filter(({ schema }) => isSimple(schema));
}

function othersOf(
  { properties = {}, required = [] }: OperationInfo['args'],
  kind: Subject['kind'],
): readonly Option[] {
  const named = new Set<string>([nameArgument[kind], 'types', 'hosts']);
  return Object.entries(properties)
    .filter(([name]) => !named.has(name))
    .map(([name, schema]) => ({ name, schema, required: required.includes(name) }));
}

const isSimple = ({ type }: ArgumentSchema): boolean =>
  type === 'boolean' || type === 'number' || type === 'integer' || type === 'string';
