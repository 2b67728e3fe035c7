import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { protocolErrors } from '../src/errors.js';
import { encodeMessage, type MessageType, MessageView, readMessage } from '../src/message.js';
import { encodePackage, type PackageType, splitPackages } from '../src/package.js';
import { ProtobufCodec } from '../src/protobuf/codec.js';
import { parseProtos } from '../src/protobuf/schema.js';
import { encodeUtf8 } from '../src/text.js';
import { bytesOf, hexOf } from './hex.js';

const page = readFileSync(new URL('../../../docs/reference/protocol.md', import.meta.url), 'utf8');

/** Rows of the table after the comment that begins with `name`, without backticks. */
function rows(name: string): string[][] {
  const [, table = ''] = page.split(`<!-- ${name}:`);
  const lines = table.slice(table.indexOf('\n') + 1).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function protosOnPage(): unknown {
  const [, after = ''] = page.split('The next table uses these protos:');
  return JSON.parse(after.slice(after.indexOf('{'), after.indexOf('```', after.indexOf('{'))));
}

const codec = new ProtobufCodec(parseProtos(protosOnPage()));

it.each(rows('packages'))(
  'shows the bytes of a package of type %s with body %s',
  (type, body = '', hex = '') => {
    const bytes = bytesOf(hex);
    expect(hexOf(encodePackage(Number(type) as PackageType, encodeUtf8(body)))).toBe(hexOf(bytes));
    splitPackages(bytes, 100, {
      onPackage: (...found) => expect(found).toEqual([Number(type), bytes, 4, bytes.length]),
    });
  },
);

it.each(rows('messages'))(
  'shows the bytes of a message: %s %s %s %s',
  (type, id, route = '', body = '', hex = '') => {
    const target = /^\d+$/.test(route) ? Number(route) : route;
    const bytes = bytesOf(hex);
    expect(hexOf(encodeMessage(Number(type) as MessageType, Number(id), target, encodeUtf8(body)))).toBe(
      hexOf(bytes),
    );
    const view = new MessageView();
    readMessage(bytes, 0, bytes.length, view);
    expect(view).toMatchObject({ type: Number(type), id: Number(id) });
    expect(view.routeCode || view.route).toBe(target);
  },
);

it.each(rows('protobuf'))('shows the bytes of %s', (value = '', hex = '') => {
  const bytes = bytesOf(hex);
  expect(hexOf(codec.encode('t', JSON.parse(value)))).toBe(hexOf(bytes));
  expect(codec.decode('t', bytes, 0, bytes.length)).toEqual(JSON.parse(value));
});

it.each(rows('browser'))('shows the bytes of %s from a browser', (value = '', hex = '') => {
  const bytes = bytesOf(hex);
  expect(codec.decode('t', bytes, 0, bytes.length)).toEqual(JSON.parse(value));
});

it('lists every error code, and no other', () => {
  const [, section = ''] = page.split('\n## Errors\n');
  const listed = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, code]) => code);
  expect(listed).toEqual(Object.keys(protocolErrors));
});

it('has protos in its examples that can be parsed', () => {
  for (const [, example = ''] of page.matchAll(/```json\n(\{"message[\s\S]*?)```/g)) {
    expect(() => parseProtos(JSON.parse(example))).not.toThrow();
  }
});
