import { describe, ProtocolError } from '../errors.js';

/** Deepest nesting of messages, in a schema and in a body. */
export const deepestMessage = 64;

export const fieldOptions = ['required', 'optional', 'repeated', 'map', 'obj'] as const;
export type FieldOption = (typeof fieldOptions)[number];

export const scalarTypes = [
  'uInt32',
  'uInt64',
  'int32',
  'sInt32',
  'sInt64',
  'float',
  'double',
  'bool',
  'string',
] as const;
export type ScalarType = (typeof scalarTypes)[number];

/** A field in the parsed form: `"required uInt32 x": 1` becomes `x: {option: 'required', type: 'uInt32', tag: 1}`. */
export interface ParsedField {
  option: FieldOption;
  /** A scalar type or the name of a message. */
  type: string;
  tag: number;
}

/** A message in the parsed form: its fields by name, and these two. */
export interface ParsedMessage {
  [field: string]: ParsedField | Record<string, ParsedMessage> | Record<string, string>;
  __messages: Record<string, ParsedMessage>;
  /** Tag to field name. */
  __tags: Record<string, string>;
}

/** Protos as the handshake carries them: messages by route, and global ones under `message Name`. */
export type ParsedProtos = Record<string, ParsedMessage>;

/** What {@link parseProtos} gives. */
export type ProtoSchema = ParsedProtos;

const ownKeys = new Set(['__messages', '__tags']);
/** So that tag and wire type fit in 31 bits, which pomelo's decoders shift. */
const largestTag = 0x0fffffff;

/** One thing that is wrong in a file of protos. */
export interface ProtosFault {
  /** Keys that lead there; none for the file itself. */
  readonly path: readonly string[];
  readonly reason: string;
}

type Report = (path: readonly string[], reason: string) => void;

/**
 * Turns serverProtos.json or clientProtos.json into pomelo's parsed form, key order and all: the version that both sides
 * compare is a hash of its JSON. What pomelo passes over in silence is an error here.
 *
 * @example parseProtos({ onMove: { 'required uInt32 x': 1 } })
 * @throws ProtocolError `PROTOBUF_SCHEMA` with the path of the first fault
 */
export function parseProtos(json: unknown): ProtoSchema {
  return parse(json, (path, reason) => {
    throw new ProtocolError('PROTOBUF_SCHEMA', { path: path.join(' > ') || 'the file', reason });
  });
}

/**
 * All that {@link parseProtos} finds wrong in a file, in the order of the file.
 *
 * @example faultsInProtos({ onMove: { 'required uInt33 x': 1 } }) // [{ path: ['onMove', 'x'], reason: 'there is no type uInt33' }]
 */
export function faultsInProtos(json: unknown): readonly ProtosFault[] {
  const faults: ProtosFault[] = [];
  parse(json, (path, reason) => faults.push({ path, reason }));
  return faults;
}

/** Goes on after a fault where `report` does. */
function parse(json: unknown, report: Report): ProtoSchema {
  const protos: ParsedProtos = {};
  for (const [key, value] of entriesOf(json, [], report))
    setOwn(protos, key, parseMessage(value, [key], 1, report));
  for (const [key, message] of Object.entries(protos)) checkTypes(protos, message, [key], report);
  return protos;
}

function parseMessage(json: unknown, path: readonly string[], depth: number, report: Report): ParsedMessage {
  const fields: Record<string, ParsedField> = {};
  const messages: Record<string, ParsedMessage> = {};
  const tags: Record<string, string> = {};
  const parsed = (): ParsedMessage =>
    Object.assign(fields as unknown as ParsedMessage, { __messages: messages, __tags: tags });
  if (depth > deepestMessage) {
    report(path, `messages are nested deeper than ${deepestMessage}`);
    return parsed();
  }
  for (const [key, value] of entriesOf(json, path, report)) {
    const words = key.split(' ');
    const [option, type, name] = words;
    const here = [...path, key];
    if (option === 'message') {
      if (words.length !== 2 || !type) report(here, 'a message is declared as "message <Name>"');
      else setOwn(messages, type, parseMessage(value, here, depth + 1, report));
      continue;
    }
    const fault = faultOfField(words, fields);
    if (fault !== undefined) {
      report(here, fault);
      continue;
    }
    const tag = tagOf(value, here, report);
    if (tag === undefined) continue;
    if (Object.hasOwn(tags, tag)) report(here, `tag ${tag} belongs to ${tags[tag]} already`);
    setOwn(fields, name!, { option: option as FieldOption, type: type!, tag });
    tags[tag] = name!;
  }
  return parsed();
}

/** What is wrong with the words of a field's key. */
function faultOfField(words: readonly string[], fields: Readonly<Record<string, ParsedField>>) {
  const [option, type, name] = words;
  if (!isOption(option)) return `${option} is not one of message, ${fieldOptions.join(', ')}`;
  if (words.length !== 3 || !type || !name) return 'a field is "<option> <type> <name>"';
  if (ownKeys.has(name)) return `${name} is a name of the parsed form`;
  return Object.hasOwn(fields, name) ? `there is a field ${name} already` : undefined;
}

function tagOf(value: unknown, path: readonly string[], report: Report): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largestTag) return value;
  const got = typeof value === 'number' ? value : describe(value);
  report(path, `a tag is a whole number from 1 to ${largestTag}, not ${got}`);
  return undefined;
}

function checkTypes(
  protos: ParsedProtos,
  message: ParsedMessage,
  path: readonly string[],
  report: Report,
): void {
  for (const [name, field] of fieldsOf(message)) {
    const here = [...path, name];
    const known = isScalar(field.type) || messageOf(protos, message, field.type) !== undefined;
    if (!known) report(here, `there is no type ${field.type}`);
    else if (field.option === 'map' || field.option === 'obj')
      checkEntry(protos, message, field, (reason) => report(here, reason));
  }
  for (const [name, nested] of Object.entries(message.__messages))
    checkTypes(protos, nested, [...path, `message ${name}`], report);
}

function checkEntry(
  protos: ParsedProtos,
  scope: ParsedMessage,
  field: ParsedField,
  report: (reason: string) => void,
): void {
  const entry = messageOf(protos, scope, field.type);
  const key = entry && fieldOf(entry, 'key');
  const value = entry && fieldOf(entry, 'value');
  if (!key || !value) {
    report(`the type of a ${field.option} is a message with the fields key and value`);
    return;
  }
  if (!isScalar(key.type)) report(`a key is a number or a string, not ${key.type}`);
  // Pinus looks the value's type up from where the map stands, not from inside the entry's message.
  if (!isScalar(value.type) && !messageOf(protos, scope, value.type))
    report(`there is no type ${value.type} beside the ${field.option}`);
}

/** The message that a type names: one declared inside the message that uses it, else a global one. */
export function messageOf(
  protos: ParsedProtos,
  scope: ParsedMessage,
  type: string,
): ParsedMessage | undefined {
  const nested = scope.__messages;
  if (nested !== undefined && Object.hasOwn(nested, type)) return nested[type];
  const key = `message ${type}`;
  return Object.hasOwn(protos, key) ? protos[key] : undefined;
}

export function fieldOf(message: ParsedMessage, name: string): ParsedField | undefined {
  if (ownKeys.has(name) || !Object.hasOwn(message, name)) return undefined;
  return message[name] as ParsedField;
}

export function fieldsOf(message: ParsedMessage): [string, ParsedField][] {
  return Object.entries(message).filter(([name]) => !ownKeys.has(name)) as [string, ParsedField][];
}

export function isScalar(type: string): type is ScalarType {
  return (scalarTypes as readonly string[]).includes(type);
}

function isOption(word: string | undefined): word is FieldOption {
  return (fieldOptions as readonly (string | undefined)[]).includes(word);
}

/** Sets an own property, also when it is called `__proto__`. */
export function setOwn<T>(target: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

function entriesOf(json: unknown, path: readonly string[], report: Report): [string, unknown][] {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return Object.entries(json);
  report(path, `should be an object, but is ${describe(json)}`);
  return [];
}
