import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a certificate and its key are. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** An authority made for one test, and what it has signed: a member of a cluster at 127.0.0.1, and its client. */
export class Certificates implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'pomelo-ts-certificates-'));
  readonly ca = join(this.folder, 'ca.pem');
  readonly member: CertificateFiles;
  readonly client: CertificateFiles;
  /** A client of no name: an etcd that has users takes no other. */
  readonly nameless: CertificateFiles;

  constructor() {
    const key = join(this.folder, 'ca-key.pem');
    this.#openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      key,
      '-out',
      this.ca,
      '-subj',
      '/CN=authority',
      '-days',
      '2',
    );
    // etcd's own gateway dials it with the certificate of the member.
    this.member = this.#sign('member', 'serverAuth,clientAuth');
    this.client = this.#sign('client', 'clientAuth');
    this.nameless = this.#sign('nameless', 'clientAuth', '/O=game');
  }

  /** Another certificate for the same, as one is made before the former runs out. */
  again(name: 'member'): CertificateFiles {
    return this.#sign(`${name}-again`, 'serverAuth,clientAuth');
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #sign(name: string, usage: string, subject = `/CN=${name}`): CertificateFiles {
    const at = (file: string) => join(this.folder, `${name}${file}`);
    const [key, request, cert, extensions] = [at('-key.pem'), at('.csr'), at('.pem'), at('.ext')];
    writeFileSync(extensions, `subjectAltName=IP:127.0.0.1\nextendedKeyUsage=${usage}\n`);
    this.#openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', subject);
    const authority = ['-CA', this.ca, '-CAkey', join(this.folder, 'ca-key.pem'), '-CAcreateserial'];
    this.#openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...authority,
      '-out',
      cert,
      '-days',
      '2',
      '-extfile',
      extensions,
    );
    return { cert, key };
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
