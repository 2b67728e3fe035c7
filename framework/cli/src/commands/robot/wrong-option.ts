/** An option that cannot be used. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

/** For `expected --gate as host:port; got 3014`. */
export function wrongOption(expected: string, got: string): WrongOption {
  return new WrongOption(`expected ${expected}; got ${got}`);
}
