/** When the certificate ends that somebody is shown who dials a place of this process. */
export interface CertificateEnd {
  /** What serves it: `admin`. */
  readonly place: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

/** The TLS certificates that this process serves with. */
export class Certificates {
  readonly #ends = new Map<string, number>();

  /** Takes what a place serves now. */
  note({ place, endsAt }: CertificateEnd): void {
    this.#ends.set(place, endsAt);
  }

  get all(): readonly CertificateEnd[] {
    return [...this.#ends].map(([place, endsAt]) => ({ place, endsAt }));
  }
}
