import { ClusterKeys, resolveSecret, type SecretOptions } from '@pomelo-ts/cluster';
import { secretVariable, withoutSecrets } from '@pomelo-ts/cluster/internal';

/** What a process that becomes a master, or asks one, knows of the secret. */
export interface OwnKeys {
  readonly keys: ClusterKeys;
  /** Where the secret was found. */
  readonly source: string;
}

/** The keys of a game's cluster. @throws as `resolveSecret` */
export async function ownKeys(options: SecretOptions): Promise<OwnKeys> {
  const secret = resolveSecret(options);
  return { keys: await ClusterKeys.of(secret), source: secret.source };
}

/** As {@link ownKeys}, for a process that starts others: none of them shall find a secret in its environment. */
export function takeOwnKeys(options: SecretOptions): Promise<OwnKeys> {
  const keys = ownKeys(options);
  withoutSecrets(process.env);
  return keys;
}

/** Whether it can be read once more. */
export const isInFile = ({ source }: OwnKeys): boolean => !source.includes(secretVariable);

/** How a master reads the secret once more, for an operator who has changed it. */
export function rereadKeys(root: string, env: string): Promise<ClusterKeys> {
  return ClusterKeys.of(resolveSecret({ root, env, create: false, variables: {} }));
}
