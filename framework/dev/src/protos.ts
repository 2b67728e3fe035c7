import { type Contract, isAnything, type Shape } from '@pomelo-ts/common/contract';
import { asMessage, scalarOf } from './protos/message-shapes.js';
import { ProtoFile, type ProtoMessage } from './protos/proto-file.js';
import { Unfit } from './protos/unfit.js';

/** A body that stays JSON. */
export interface LeftAsJson {
  /** Such as `answer of chat.chatHandler.send`. */
  readonly what: string;
  readonly why: string;
}

/** Protos made from a contract. */
export interface MadeProtos {
  readonly clientProtos: ProtoMessage;
  readonly serverProtos: ProtoMessage;
  readonly left: readonly LeftAsJson[];
}

/** Protos as they are now: their fields keep their numbers. */
export interface KnownProtos {
  readonly clientProtos?: unknown;
  readonly serverProtos?: unknown;
}

/** What the framework answers when a request fails: an answer must have room for it. */
const failureFields: Readonly<Record<'code' | 'message', Shape>> = {
  code: { type: 'integer', proto: 'uInt32' },
  message: { type: 'string' },
};

/** Makes pomelo's protos for the routes and pushes whose types protobuf can carry, and says why it cannot carry the others. */
export function makeProtos(contract: Contract, known: KnownProtos = {}): MadeProtos {
  const client = new ProtoFile(contract.definitions, known.clientProtos);
  const server = new ProtoFile(contract.definitions, known.serverProtos);
  const left: LeftAsJson[] = [];
  const attempt = (what: string, make: () => void) => {
    try {
      make();
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      left.push({ what, why: error.message });
    }
  };
  for (const [route, { input, answer, proto }] of Object.entries(contract.routes)) {
    attempt(`request of ${route}`, () => client.add(route, body(input, contract, proto)));
    attempt(`answer of ${route}`, () => server.add(route, answerBody(answer, contract, proto)));
  }
  for (const [push, { body: shape, proto }] of Object.entries(contract.pushes))
    attempt(`push ${push}`, () => server.add(push, body(shape, contract, proto)));
  return { clientProtos: client.toObject(), serverProtos: server.toObject(), left };
}

function body(shape: Shape, { definitions }: Contract, proto: 'none' | undefined): Shape {
  if (proto === 'none') throw new Unfit('', 'is marked @proto none');
  if (isAnything(shape)) throw new Unfit('', 'may be anything');
  const message = asMessage(shape, definitions, '');
  if (Object.keys(message.properties ?? {}).length === 0) throw new Unfit('', 'has nothing in it');
  return message;
}

/** Beside its own fields an answer needs those of a failure, which has none of the others. */
function answerBody(shape: Shape, contract: Contract, proto: 'none' | undefined): Shape {
  if (proto !== 'none' && Object.keys(contract.errors).length > 0)
    throw new Unfit('', 'may be an error of the game, whose code is a text and whose data has many forms');
  const { properties = {} } = body(shape, contract, proto);
  const { code = failureFields.code, message = failureFields.message } = properties;
  const { definitions } = contract;
  if (!isNumeric(scalarOf(code, definitions, 'code')))
    throw new Unfit('code', 'is no number, as it is when a request fails');
  if (scalarOf(message, definitions, 'message') !== 'string')
    throw new Unfit('message', 'is no text, as it is when a request fails');
  return { type: 'object', properties: { ...properties, code, message } };
}

function isNumeric(scalar: string | undefined): boolean {
  return scalar !== undefined && scalar !== 'string' && scalar !== 'bool';
}
