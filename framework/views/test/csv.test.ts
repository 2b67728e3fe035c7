import { expect, it } from 'vitest';
import { linesCsv } from '../src/csv.js';

it('lines of cells are CSV that is read as it was, and that a spreadsheet carries nothing out of', () => {
  expect(
    linesCsv([
      ['id', 'a, b', 'say "hi"'],
      ['two\nlines', 3, -1.5],
      ['=1+1', '+1', '@x'],
      ['-1', '\tx', ''],
    ]),
  ).toBe('id,"a, b","say ""hi"""\n"two\nlines",3,-1.5\n\'=1+1,\'+1,\'@x\n\'-1,\'\tx,');
});
