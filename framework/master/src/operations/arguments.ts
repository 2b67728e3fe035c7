import { PomeloError } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Longest text that is shown of what came. */
const longestShown = 60;

/**
 * The arguments of an operation.
 *
 * @throws OPERATION_INVALID naming the first argument that is wrong, what was expected of it and what came
 */
export function readArguments<Args>(verb: string, schema: z.ZodType<Args>, value: unknown): Args {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...unknown];
  const argument = path.length > 0 ? path.map(String).join('.') : 'arguments';
  const expected = unknown.length > 0 ? 'no such argument' : expectedBy(issue);
  throw new PomeloError('OPERATION_INVALID', { verb, argument, expected, got: gotOf(at(value, path)) });
}

/** Names of types that zod has and that say less than a word would. */
const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  nonoptional: 'a value',
  record: 'an object',
};

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return words[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((one) => JSON.stringify(one)).join(' or ');
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? `at least ${issue.minimum} in it`
        : `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' in it' : ''}`;
    case 'invalid_union':
      return (
        beside(issue.errors) ??
        [...new Set(issue.errors.flatMap(([first]) => (first ? [branchOf(first)] : [])))].join(', or ')
      );
    default:
      return issue.message;
  }
}

/** Where one of several forms was meant but for what stands beside it. */
function beside(forms: readonly (readonly Issue[])[]): string | undefined {
  for (const [first, ...more] of forms)
    if (first?.code === 'unrecognized_keys' && more.length === 0)
      return `${first.keys.slice(0, 3).join(', ')} left out`;
  return undefined;
}

/** What one of several forms would have been. */
const branchOf = (issue: Issue): string =>
  issue.path.length > 0 ? `${issue.path.map(String).join('.')} as ${expectedBy(issue)}` : expectedBy(issue);

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path)
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined;
  return found;
}

function gotOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, longestShown)) : shown(value);
}
