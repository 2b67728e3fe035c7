import { describe, expect, it } from 'vitest';
import {
  encodeMessage,
  encodeRoute,
  MessageView,
  messageHeadBytes,
  messageType,
  readMessage,
  writeMessageHead,
} from '../src/message.js';
import { ascii, bytesOf, hexOf } from './hex.js';

const { request, notify, response, push } = messageType;

/** [what, type, id, route, body, bytes], as pomelo writes them. */
const vectors = [
  ['a request', request, 1, 'a.b.c', '{}', '0001 05 612e622e63 7b7d'],
  ['a request with an id of two bytes', request, 128, 'a.b.c', '{}', '00 8001 05 612e622e63 7b7d'],
  ['a request by route code', request, 300, 1, '{}', '01 ac02 0001 7b7d'],
  ['a notify', notify, 0, 'a.b.c', '{}', '02 05 612e622e63 7b7d'],
  ['a notify by route code', notify, 0, 258, '{}', '03 0102 7b7d'],
  ['a response', response, 1, '', '{"code":200}', '04 01 7b22636f6465223a3230307d'],
  ['a push', push, 0, 'onX', '{}', '06 03 6f6e58 7b7d'],
  ['a push by route code', push, 0, 7, '{}', '07 0007 7b7d'],
  ['the largest id of two bytes', request, 16383, 'a', '', '00 ff7f 01 61'],
  ['the smallest id of three bytes', request, 16384, 'a', '', '00 808001 01 61'],
  ['the largest id', response, 2147483647, '', '', '04 ffffffff07'],
  ['an empty route', push, 0, '', '{}', '06 00 7b7d'],
  ['a route outside ASCII', push, 0, 'on中😀', '', '06 09 6f6e e4b8ad f09f9880'],
] as const;

function read(bytes: Uint8Array, start = 0, end = bytes.length): MessageView {
  const view = new MessageView();
  readMessage(bytes, start, end, view);
  return view;
}

describe('encodeMessage', () => {
  it.each(vectors)('writes %s as pomelo does', (_, type, id, route, body, hex) => {
    expect(hexOf(encodeMessage(type, id, route, ascii(body)))).toBe(hex.replaceAll(' ', ''));
  });

  it.each(vectors)('says beforehand how long the head of %s is', (_, type, id, route) => {
    const target = new Uint8Array(64);
    expect(writeMessageHead(target, 3, type, id, route)).toBe(3 + messageHeadBytes(type, id, route));
  });

  it('takes a route of 255 bytes and no more', () => {
    const longest = `${'é'.repeat(127)}x`;
    expect(encodeRoute(longest)).toHaveLength(255);
    expect(encodeMessage(notify, 0, longest, ascii(''))).toHaveLength(257);
    for (const route of ['x'.repeat(256), 'é'.repeat(128), '中'.repeat(100)]) {
      const tooLong = expect.objectContaining({ code: 'ROUTE_TOO_LONG' });
      expect(() => encodeRoute(route)).toThrow(tooLong);
      expect(() => messageHeadBytes(push, 0, route)).toThrow(tooLong);
      expect(() => writeMessageHead(new Uint8Array(600), 0, push, 0, route)).toThrow(tooLong);
    }
  });

  it.each([2147483648, -1, 1.5, Number.NaN])('refuses id %s', (id) => {
    const wrong = expect.objectContaining({ code: 'MESSAGE_ID' });
    expect(() => encodeMessage(request, id, 'a', ascii(''))).toThrow(wrong);
    expect(() => writeMessageHead(new Uint8Array(9), 0, response, id, '')).toThrow(wrong);
  });

  it.each([0, 65536, -1, 1.5])('refuses route code %s', (code) => {
    const wrong = expect.objectContaining({ code: 'ROUTE_CODE' });
    expect(() => encodeMessage(push, 0, code, ascii(''))).toThrow(wrong);
    expect(() => writeMessageHead(new Uint8Array(9), 0, push, 0, code)).toThrow(wrong);
  });
});

describe('readMessage', () => {
  it.each(vectors)('reads %s', (_, type, id, route, body, hex) => {
    const bytes = bytesOf(hex);
    const view = read(bytes);
    expect(view).toMatchObject({
      type,
      id,
      gzip: false,
      route: typeof route === 'string' ? route : '',
      routeCode: typeof route === 'number' ? route : 0,
    });
    expect(hexOf(bytes.subarray(view.bodyStart, view.bodyEnd))).toBe(hexOf(ascii(body)));
  });

  it('reads a response with the gzip flag', () => {
    expect(read(bytesOf('14 05 7b7d'))).toMatchObject({
      type: response,
      id: 5,
      gzip: true,
      bodyStart: 2,
      bodyEnd: 4,
    });
  });

  it('reads a message from the middle of a frame and nothing outside it', () => {
    const frame = bytesOf('ffff 02 05 612e622e63 7b7d ffff');
    expect(read(frame, 2, frame.length - 2)).toMatchObject({ route: 'a.b.c', bodyStart: 9, bodyEnd: 11 });
    expect(() => read(frame, 2, 8)).toThrow('inside its route');
  });

  it('leaves nothing of the message before in the view', () => {
    const view = new MessageView();
    for (const hex of ['14 05', '00 07 01 61', '03 0102']) {
      const bytes = bytesOf(hex);
      readMessage(bytes, 0, bytes.length, view);
    }
    expect(view).toMatchObject({
      type: notify,
      id: 0,
      routeCode: 258,
      route: '',
      gzip: false,
      bodyStart: 3,
      bodyEnd: 3,
    });
  });

  it('keeps routes apart that share a place in the view', () => {
    const view = new MessageView();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 2000; i++) {
        const bytes = encodeMessage(notify, 0, `area.playerHandler.m${i}`, ascii(''));
        readMessage(bytes, 0, bytes.length, view);
        expect(view.route).toBe(`area.playerHandler.m${i}`);
      }
    }
  });

  it('reads a route whose astral characters a browser client wrote as two surrogates', () => {
    expect(read(bytesOf('06 06 eda0bd edb880')).route).toBe('😀');
  });

  it.each([
    ['nothing', '', 'MESSAGE_TRUNCATED'],
    ['a request without an id', '00', 'MESSAGE_TRUNCATED'],
    ['an id cut short', '00 80', 'MESSAGE_TRUNCATED'],
    ['id 2^31, which hangs pomelo', '00 8080808008 01 61', 'MESSAGE_ID'],
    ['id 2^32 + 1', '00 8180808010 01 61', 'MESSAGE_ID'],
    ['id 2^40', '00 808080808020 01 61', 'MESSAGE_ID'],
    ['an id of thirty bytes', `00 ${'ff'.repeat(30)}`, 'MESSAGE_ID'],
    ['no route', '00 01', 'MESSAGE_TRUNCATED'],
    ['a route cut short', '02 05 612e', 'MESSAGE_TRUNCATED'],
    ['a route code cut short', '03 01', 'MESSAGE_TRUNCATED'],
    ['route code 0', '03 0000', 'ROUTE_CODE'],
    ['type 4', '08 01', 'MESSAGE_TYPE'],
    ['type 7', '0e 01', 'MESSAGE_TYPE'],
    ['reserved bits', '22 01 61', 'MESSAGE_FLAG'],
  ])('refuses %s', (_, hex, code) => {
    expect(() => read(bytesOf(hex))).toThrow(expect.objectContaining({ name: 'ProtocolError', code }));
  });
});
