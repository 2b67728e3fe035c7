import type { Progress } from '@pomelo-ts/master';
import type { Terminal } from '../terminal.js';
import { escaped, escapedLines } from './escaped.js';
import { operationNews } from './operation-news.js';
import type { ProgressView } from './progress-view.js';
import { showMs } from './units.js';

/** One line for each step, for logs and pipes. */
export function plainProgress(terminal: Terminal): ProgressView {
  const newsOf = operationNews();
  return {
    onProgress(progress: Progress) {
      if (progress.kind === 'tier')
        terminal.out(`${progress.doing} ${progress.name}: ${escaped(progress.ids.join(', '))}`);
      else if (progress.kind === 'waiting') terminal.out(`waits for ${escaped(progress.operation)}`);
      else if (progress.kind === 'approval')
        terminal.out(`waits for a second person: pomelo-ts approvals approve ${escaped(progress.id)}`);
      else if (progress.kind === 'operation') {
        const news = newsOf(progress.operation);
        if (news !== undefined) terminal.out(news);
      } else if (progress.kind === 'warning') terminal.err(`warning ${escapedLines(progress.text)}`);
      else if (progress.state === 'watched')
        terminal.out(`  ${escaped(progress.id)} is watched for ${showMs(progress.ms)}`);
      else if (progress.state !== 'starting' && progress.state !== 'stopping')
        terminal.out(`  ${escaped(progress.id)} ${progress.state} (${showMs(progress.ms)})`);
    },
    async end() {},
  };
}
