import { type Contract, propertyName, type Shape, typeText } from '@pomelo-ts/common/contract';
import { docComment, header } from './header.js';

/** `client.d.ts`: the types of a game's clients, which need nothing else of the game. */
export function clientTypes({ routes, pushes, errors, definitions }: Contract): string {
  const routeMembers = Object.entries(routes).map(
    ([route, { input, answer, doc, deprecated }]) =>
      `${docComment(doc, deprecated, '    ')}    ${JSON.stringify(route)}: {\n      input: ${typeAt(input, '      ')};\n      answer: ${typeAt(answer, '      ')};\n    };\n`,
  );
  const pushMembers = Object.entries(pushes).map(
    ([push, { body, doc, deprecated }]) =>
      `${docComment(doc, deprecated, '    ')}    ${propertyName(push)}: ${typeAt(body, '    ')};\n`,
  );
  const errorMembers = Object.entries(errors).map(
    ([code, { data, doc }]) =>
      `${docComment(doc, undefined, '    ')}    ${propertyName(code)}: ${data ? typeAt(data, '    ') : 'undefined'};\n`,
  );
  const contract = [
    '/** What clients and servers of the game say to each other: `connect<GameContract>(…)` of @pomelo-ts/client takes it. */',
    'export interface GameContract {',
    section('routes', 'By route: the body of the request, and of its answer.', routeMembers),
    section('pushes', 'By route: the body.', pushMembers),
    section(
      'errors',
      'By code: the data of an answer `{code, message, data}` that says what went wrong.',
      errorMembers,
    ),
    '}',
  ].join('\n');
  const named = Object.entries(definitions).map(([name, shape]) => definition(name, shape));
  return [`// ${header}`, contract, ...named].join('\n\n').concat('\n');
}

function section(name: string, doc: string, members: readonly string[]): string {
  return `  /** ${doc} */\n  ${name}: {${members.length > 0 ? `\n${members.join('')}  ` : ''}};`;
}

function definition(name: string, shape: Shape): string {
  const { description, deprecated, ...rest } = shape;
  const comment = docComment(description, deprecated, '');
  if (isPlainObject(rest)) return `${comment}export interface ${name} ${objectText(rest, '')}`;
  return `${comment}export type ${name} = ${typeAt(rest, '')};`;
}

function isPlainObject({ type, anyOf, $ref }: Shape): boolean {
  return type === 'object' && !anyOf && !$ref;
}

function typeAt(shape: Shape, indent: string): string {
  return typeText(shape, (object) => objectText(object, indent));
}

/** An object's type over several lines, its members indented by one step more than `indent`. */
function objectText({ properties = {}, required = [], additionalProperties }: Shape, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([name, shape]) =>
      `${docComment(shape.description, shape.deprecated, inner)}${inner}readonly ${propertyName(name)}${required.includes(name) ? '' : '?'}: ${typeAt(shape, inner)};\n`,
  );
  if (additionalProperties)
    members.push(`${inner}readonly [name: string]: ${typeAt(additionalProperties, inner)};\n`);
  return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`;
}
