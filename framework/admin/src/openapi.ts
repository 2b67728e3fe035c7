import { errorTable } from '@pomelo-ts/common';
import { type AnyOperation, operations, withWords } from '@pomelo-ts/master/operations';
import * as z from 'zod';
import { type AdminRoute, adminRoutes } from './http/routes.js';

const text = { type: 'string' } as const;
const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const failed = { $ref: '#/components/responses/Failed' } as const;

/** This API in OpenAPI 3.1, made of the table of operations and that of the routes. */
export function openApi(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'pomelo-ts admin', version: '1', description: 'Look at a cluster, and change it.' },
    paths: { ...plainPaths(), ...operationPaths() },
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-pomelo-admin' },
        key: { type: 'http', scheme: 'bearer' },
      },
      responses: { Failed: { description: 'What went wrong.', ...json(failure) } },
    },
    security: [{ session: [] }, { key: [] }],
  };
}

const failure = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { enum: [...Object.keys(errorTable), 'UNKNOWN'] }, message: text },
    },
  },
};

/** Each operation is a path of its own: what it takes and gives differs. */
function operationPaths(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(operations).map(([verb, { args, answer, progress, ...one }]) => [
      `/api/v1/operations/${verb}`,
      {
        post: {
          operationId: verb,
          summary: one.effect,
          description: descriptionOf(one),
          requestBody: json(withWords(verb, schemaOf(args, 'input'))),
          responses: {
            200: {
              description: 'What came of it.',
              content: {
                'application/json': { schema: wrapped('answer', schemaOf(answer, 'output')) },
                'application/x-ndjson': { schema: wrapped('progress', schemaOf(progress, 'output')) },
              },
            },
            default: failed,
          },
        },
      },
    ]),
  );
}

function descriptionOf({
  role,
  needsProof,
  provesWhen,
}: Pick<AnyOperation, 'role' | 'needsProof' | 'provesWhen'>): string {
  const when = needsProof ? '' : provesWhen && ` when ${provesWhen.when}`;
  const proof =
    when === undefined
      ? ''
      : ` PROOF_NEEDED without a proof${when}: people alone are asked for one, and keys are not.`;
  return `Takes what the role ${role} may.${proof}`;
}

const wrapped = (name: string, schema: object) => ({ type: 'object', properties: { [name]: schema } });

function plainPaths(): Readonly<Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [operationId, route] of Object.entries<AdminRoute>(adminRoutes)) {
    const { method, path, needs, does, verb } = route;
    if (needs === 'verb' && verb === undefined) continue; // each operation has a path of its own
    const named = path.replace(/:(\w+)/g, '{$1}');
    const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: text,
    }));
    paths[named] ??= {};
    paths[named][method.toLowerCase()] = {
      operationId,
      summary: does,
      ...(parameters.length > 0 && { parameters }),
      ...(verb !== undefined &&
        method === 'POST' && {
          requestBody: json(withWords(verb, schemaOf(operations[verb].args, 'input'))),
        }),
      ...(needs === 'anybody' && { security: [] }),
      ...(operationId in sessionBodies && {
        requestBody: json(sessionBodies[operationId as keyof typeof sessionBodies]),
      }),
      responses: { '2XX': { description: 'It is so.' }, default: failed },
    };
  }
  return paths;
}

const bodyOf = (required: readonly string[], optional: readonly string[] = []) => ({
  type: 'object',
  required,
  properties: Object.fromEntries([...required, ...optional].map((name) => [name, text])),
});

/** What the routes take that are for no operation, by their names in {@link adminRoutes}. */
export const sessionBodies = {
  signIn: bodyOf(['name', 'password'], ['code']),
  setUp: bodyOf(['token', 'password']),
  setUpName: bodyOf(['token']),
  prove: bodyOf(['password'], ['code']),
  confirmSecondFactor: bodyOf(['code']),
  beginOidc: { type: 'object', properties: { prove: { type: 'boolean' } } },
};
