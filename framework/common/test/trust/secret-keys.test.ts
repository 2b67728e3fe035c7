import { describe, expect, it } from 'vitest';
import { SecretKeys } from '../../src/trust/secret-keys.js';

describe('keys of a secret', () => {
  it('are the same for whoever knows the secret, and others for another one', async () => {
    const [a, b, other] = await Promise.all(['s', 's', 't'].map((secret) => SecretKeys.of(secret)));
    expect(a!.own('server', 'chat-1')).toEqual(b!.own('server', 'chat-1'));
    expect(a!.name).toMatch(/^[0-9a-f]{12}$/);
    expect(other!.name).not.toBe(a!.name);
    expect(other!.shared('rpc').key).not.toEqual(a!.shared('rpc').key);
  });

  it('are others for each use and each member, so that one gives away no other', async () => {
    const keys = await SecretKeys.of('s');
    const all = [
      ...(['server', 'operator', 'rpc', 'store'] as const).map((use) => keys.shared(use)),
      keys.own('server', 'a'),
      keys.own('server', 'b'),
      keys.own('operator', 'a'),
    ];
    expect(new Set(all.map(({ key }) => key.toString('hex'))).size).toBe(all.length);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    expect(all.map(({ key }) => key.length)).toEqual(all.map(() => 32));
  });
});
