import type { Readable } from 'node:stream';
import type { BootData } from '@pomelo-ts/cluster/internal';
import { PomeloError } from '@pomelo-ts/common';
import type { CodeTrial } from '../server/trial-word.js';
import type { TrialLife } from './watch-parent.js';

/** Longest line accepted, in bytes. */
const longestLine = 64 * 1024;

/** What a process is told that is no server, but tries code for one. */
export interface TrialData {
  readonly trial: CodeTrial & TrialLife;
}

/** Reads the line of boot data. Rejects when it is none. */
export function readBootData(input: Readable): Promise<BootData | TrialData> {
  return new Promise((resolve, reject) => {
    let text = '';
    const fail = (got: string): void =>
      reject(
        new PomeloError('APP_INVALID', { file: 'standard input', expected: 'one line of boot data', got }),
      );
    const onEnd = (): void => fail('its end');
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const lineEnd = text.indexOf('\n');
      if (lineEnd < 0 && text.length < longestLine) return;
      input.off('data', onData).off('end', onEnd).pause();
      try {
        resolve(JSON.parse(text.slice(0, lineEnd)) as BootData | TrialData);
      } catch {
        fail('something else');
      }
    };
    input.on('data', onData).once('end', onEnd);
  });
}
