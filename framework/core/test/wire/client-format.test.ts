import type { ServerSettings } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { ClientFormat } from '../../src/wire/client-format.js';

const settingsWith = (protos: object) =>
  ({
    settings: { client: { protobuf: true, dictionary: false } },
    clientProtos: null,
    serverProtos: null,
    dictionary: [],
    ...protos,
  }) as unknown as ServerSettings;

describe('message schemas that cannot be used', () => {
  it.each(['clientProtos', 'serverProtos'])('name their file: %s', (file) => {
    const make = () => new ClientFormat(settingsWith({ [file]: { onChat: { 'required nothing': 1 } } }));
    expect(make).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(`  config/${file}: `),
      }),
    );
  });
});

describe('what a handshake tells', () => {
  it('is one object for all clients that lack the same, until routes get other codes', () => {
    const format = new ClientFormat(settingsWith({}));
    expect(format.handshake(undefined, undefined)).toEqual({});
    format.shortenRoutes(['chat.chatHandler.send'], []);
    const all = format.handshake(undefined, undefined);
    expect(all).toMatchObject({ useDict: true, dict: { 'chat.chatHandler.send': 1 } });
    expect(format.handshake('of another build', undefined)).toBe(all);
    const known = format.handshake(all.dictVersion, undefined);
    expect(known).toEqual({ useDict: true });
    expect(format.handshake(all.dictVersion, undefined)).toBe(known);
    format.shortenRoutes(['chat.chatHandler.leave'], []);
    expect(format.handshake(all.dictVersion, undefined).dict).toEqual({ 'chat.chatHandler.leave': 1 });
  });
});
