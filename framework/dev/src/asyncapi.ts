import type { Contract, ErrorContract, Shape } from '@pomelo-ts/common/contract';
import { schemaOf } from './asyncapi/json-schema.js';

/** What names a game in its AsyncAPI document. */
export interface GameInfo {
  readonly title: string;
  readonly version: string;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The contract as an AsyncAPI 3 document, from the servers' side: a route is an operation that receives a request and replies,
 * a push one that sends.
 */
export function asyncApiOf(contract: Contract, { title, version }: GameInfo): Json {
  const { routes, pushes, errors, definitions } = contract;
  return {
    asyncapi: '3.0.0',
    info: {
      title,
      version,
      description: 'Written by `pomelo-ts gen --asyncapi` from the types of the game.',
    },
    defaultContentType: 'application/json',
    channels: {
      ...mapValues(routes, ({ input, answer, doc }, route) => ({
        address: route,
        ...(doc !== undefined && { description: doc }),
        messages: {
          request: { name: route, payload: schemaOf(input) },
          answer: { name: route, payload: schemaOf(answer) },
          ...mapValues(failuresOf(errors), (_, name) => ref('components', 'messages', name)),
        },
      })),
      ...mapValues(pushes, ({ body, doc }, push) => ({
        address: push,
        ...(doc !== undefined && { description: doc }),
        messages: { push: { name: push, payload: schemaOf(body) } },
      })),
    },
    operations: {
      ...mapValues(routes, ({ doc, deprecated }, route) => requestOperation(route, doc, deprecated, errors)),
      ...mapValues(pushes, ({ doc }, push) => ({
        action: 'send',
        channel: ref('channels', push),
        ...(doc !== undefined && { summary: firstLine(doc) }),
        messages: [ref('channels', push, 'messages', 'push')],
      })),
    },
    components: { schemas: mapValues(definitions, schemaOf), messages: failuresOf(errors) },
  };
}

function requestOperation(
  route: string,
  doc: string | undefined,
  deprecated: true | undefined,
  errors: Contract['errors'],
): Json {
  const message = (name: string) => ref('channels', route, 'messages', name);
  return {
    action: 'receive',
    channel: ref('channels', route),
    ...(doc !== undefined && { summary: firstLine(doc) }),
    ...(deprecated && { tags: [{ name: 'deprecated' }] }),
    messages: [message('request')],
    reply: {
      channel: ref('channels', route),
      messages: ['answer', ...Object.keys(failuresOf(errors))].map(message),
    },
  };
}

/** What may come instead of an answer: the framework's own failures, and the game's errors. */
function failuresOf(errors: Contract['errors']): Record<string, Json> {
  const text: Shape = { type: 'string' };
  const framework: Shape = {
    type: 'object',
    properties: {
      code: { type: 'integer', description: '400 and above, as in HTTP.' },
      message: text,
      data: {},
    },
    required: ['code', 'message'],
  };
  return {
    failure: { name: 'failure', summary: 'The request was not done.', payload: schemaOf(framework) },
    ...mapValues(errors, (error, code) => ({
      name: code,
      ...(error.doc !== undefined && { summary: firstLine(error.doc) }),
      payload: schemaOf(errorShape(code, error)),
    })),
  };
}

function errorShape(code: string, { data }: ErrorContract): Shape {
  return {
    type: 'object',
    properties: { code: { const: code }, message: { type: 'string' }, ...(data && { data }) },
    required: ['code', 'message', ...(data ? ['data'] : [])],
  };
}

/** A JSON reference to a part of the document. */
function ref(...steps: readonly string[]): { readonly $ref: string } {
  const escaped = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return { $ref: `#/${escaped.join('/')}` };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

function mapValues<T, To>(
  record: Readonly<Record<string, T>>,
  to: (value: T, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value, name)]));
}
