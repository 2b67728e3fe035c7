import { expect, it } from 'vitest';
import { ProtocolError, protocolErrors } from '../src/errors.js';

it('fills the facts into the message and keeps them', () => {
  const error = new ProtocolError('PACKAGE_TOO_LARGE', { bytes: 70_000, limit: 65_536 });
  expect(error.message).toBe('a package body of 70000 bytes is over the limit of 65536');
  expect(error).toMatchObject({ name: 'ProtocolError', code: 'PACKAGE_TOO_LARGE', facts: { bytes: 70_000 } });
  expect(error).toBeInstanceOf(Error);
});

it('does not take facts from Object.prototype', () => {
  expect(new ProtocolError('PACKAGE_TYPE').message).toContain('{type}');
});

it('has codes in capitals and messages without a final full stop', () => {
  for (const [code, template] of Object.entries(protocolErrors)) {
    expect(code).toMatch(/^[A-Z0-9_]+$/);
    expect(template).not.toMatch(/\.$/);
  }
});
