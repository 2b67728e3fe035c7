import { describe, expect, it } from 'vitest';
import { pageTable } from '../../../src/view/top/page-text.js';

describe('a page of a view as text', () => {
  it('can do nothing to a terminal, whatever its rows and the servers without numbers are called', () => {
    const evil = '\u001b]0;mine\u0007\u009b31m';
    const row = { key: 'a', cells: { id: evil, type: evil, state: evil }, trouble: 0 };
    const page = {
      at: 0,
      rows: [row],
      matching: 2,
      total: 3,
      silent: [evil, 'chat-1'],
      summary: {} as never,
    };
    const text = pageTable('servers', page, (_style, said) => said);
    expect(text).toContain('numbers missing from \\u001b]0;mine\\u0007\\u009b31m, chat-1');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that are looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});
