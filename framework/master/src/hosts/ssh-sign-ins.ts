import type { Duplex } from 'node:stream';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readRegularFile } from '@pomelo-ts/common/internal';
import type { AnyAuthMethod, GetStreamCallback, OpenSSHAgent, utils } from 'ssh2';
import type { SshTarget } from './ssh-target.js';

/** What {@link signIns} needs of the library. */
interface SshLibrary {
  readonly OpenSSHAgent: typeof OpenSSHAgent;
  readonly utils: typeof utils;
}

/** The ways to sign in to a host, in order. */
export interface SignIns {
  readonly methods: readonly AnyAuthMethod[];
  /** Leaves an agent that has not answered. */
  end(): void;
}

/** @throws SSH_KEY_UNUSABLE */
export function signIns(target: SshTarget, { OpenSSHAgent, utils: { parseKey } }: SshLibrary): SignIns {
  const { user: username, identityFiles, agent: path, passphrase } = target;
  const keys = identityFiles.map((file): AnyAuthMethod => {
    const key = usableKey(file, target, (bytes) => parseKey(bytes, passphrase));
    return { type: 'publickey', username, key, ...(passphrase !== undefined && { passphrase }) };
  });
  if (path === undefined) return { methods: keys, end: () => {} };
  const streams = new Set<Duplex>();
  const agent = new (class extends OpenSSHAgent {
    override getStream(told: GetStreamCallback): void {
      super.getStream((error, stream) => {
        if (stream) streams.add(stream.once('close', () => streams.delete(stream)));
        told(error, stream);
      });
    }
  })(path);
  const end = () => {
    for (const stream of streams) stream.destroy(); // the library waits for its answer for ever
  };
  return { methods: [...keys, { type: 'agent', username, agent }], end };
}

function usableKey(
  file: string,
  { name: host, passphraseVariable }: SshTarget,
  parse: (key: Buffer) => unknown,
): Buffer {
  let key: Buffer;
  try {
    key = Buffer.from(readRegularFile(file));
  } catch (error) {
    throw new PomeloError('SSH_KEY_UNUSABLE', {
      host,
      file,
      reason: reasonOf(error),
      cure: 'Mend ssh.identityFile in config/master.json5.',
    });
  }
  const problem = parse(key);
  if (!(problem instanceof Error)) return key;
  const locked = /encrypted|passphrase|decrypt/i.test(problem.message);
  const variable = passphraseVariable ?? 'the environment variable that ssh.passphraseVariable names';
  const cure = locked
    ? `Put its passphrase into ${variable}, or use an agent.`
    : 'Expected a private key of OpenSSH.';
  throw new PomeloError('SSH_KEY_UNUSABLE', { host, file, reason: problem.message, cure });
}
