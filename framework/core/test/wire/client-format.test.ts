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
