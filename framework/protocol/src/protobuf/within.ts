import { ProtocolError } from '../errors.js';

/** The same error with one step more at the front of its path. */
export function within(error: unknown, step: string): unknown {
  if (!(error instanceof ProtocolError) || typeof error.facts['path'] !== 'string' || step === '')
    return error;
  const inner = error.facts['path'];
  const path = inner === '' || inner.startsWith('[') ? step + inner : `${step}.${inner}`;
  return new ProtocolError(error.code, { ...error.facts, path });
}
