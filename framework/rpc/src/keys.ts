import { type NamedKey, SecretKeys } from '@pomelo-ts/common/internal';

/**
 * Keys for nodes that are used without the rest of pomelo-ts, made of a secret that all of them know. Takes some 50 ms.
 *
 * @param previous a secret that is taken as well, while it is being replaced
 * @example const keys = await rpcKeys('32 random bytes in hex'); // new RpcNode({ keys: () => keys, … })
 */
export async function rpcKeys(secret: string, previous?: string): Promise<readonly NamedKey[]> {
  const secrets = previous === undefined ? [secret] : [secret, previous];
  const all = await Promise.all(secrets.map((one) => SecretKeys.of(one)));
  return all.map((keys) => keys.shared('rpc'));
}
