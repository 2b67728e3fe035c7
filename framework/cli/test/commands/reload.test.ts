import type { ReloadRow } from '@pomelo-ts/master';
import { expect, it } from 'vitest';
import { tellReload } from '../../src/commands/reload.js';

it('names of files that servers tell after a reload colour nothing and begin no line', () => {
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  const terminal = { out: say, err: say, live: false, colours: true };
  const evil = '/game/app/\u001b[31mred\nall is well.js';
  const row = { id: 'chat-1', swapped: [evil], removed: [], needRestart: [evil], contract: 'kept' };
  tellReload([row as unknown as ReloadRow], '/game', terminal);
  for (const unwanted of ['\u001b', '\n']) expect(lines.join('')).not.toContain(unwanted);
  expect(lines.filter((line) => line.includes('app/\\u001b[31mred\\nall is well.js'))).toHaveLength(2);
});
