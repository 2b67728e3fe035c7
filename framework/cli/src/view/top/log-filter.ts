import { type LogFilter, recordLevels } from '@pomelo-ts/cluster/masters';

/**
 * What was typed to look for in logs: words that are all in a line, `!word` for what is not, `level:warn` for records of that level and worse.
 *
 * @throws Error that says what was expected
 */
export function logFilter(text: string): LogFilter {
  const typed = text.split(/\s+/).filter((word) => word !== '' && word !== '!');
  const named = typed
    .filter((word) => word.startsWith('level:'))
    .at(-1)
    ?.slice('level:'.length);
  const level = recordLevels.find((one) => one === named);
  if (named !== undefined && !level)
    throw new Error(`expected level:${recordLevels.join(', level:')}; got level:${named}`);
  const others = typed.filter((word) => !word.startsWith('level:'));
  const words = others.filter((word) => !word.startsWith('!'));
  const without = others.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  return {
    ...(words.length > 0 && { words }),
    ...(without.length > 0 && { without }),
    ...(level && { level }),
  };
}
