import { describe, expect, it } from 'vitest';
import { Pushes } from '../../src/servers/pushes.js';

describe('pushes of other programs', () => {
  it('to a channel of a server that is not there are refused, and nothing is kept for its name', async () => {
    const asked: string[] = [];
    const hub = {
      on: () => {},
      registry: { all: [], get: () => undefined },
      ask: async (id: string) => {
        asked.push(id);
        return [];
      },
    };
    const pushes = new Pushes(hub as never);
    const to = { channel: 'room', server: 'nobody' };
    await expect(pushes.send({ to, route: 'onMail', body: {} })).rejects.toMatchObject({
      code: 'SERVER_SILENT',
    });
    expect(asked).toEqual([]);
  });
});
