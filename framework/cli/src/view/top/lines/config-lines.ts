import { type ConfigLine, type ConfigPart, configParts, type ServerConfig } from '@pomelo-ts/views';
import { textWidth } from '../../text-width.js';
import type { TextLine } from '../screen-state.js';
import { wrapped } from './line.js';
import { textTable } from './text-table.js';

/** Least columns for a value, and for where it came from. */
const leastRoom = 14;

/** What a server runs with, part by part: what somebody has written down first; below a value what the files say by now, where that is another one. */
export function configLines(config: ServerConfig, columns: number): readonly TextLine[] {
  const problems =
    config.problem?.split('\n').flatMap((line) => wrapped(line, Math.max(20, columns - 3))) ?? [];
  return [
    ...problems.map((text): TextLine => ({ text, style: 'yellow' })),
    ...configParts(config).flatMap((part) => [...partLines(part, columns - 3), { text: '' }]),
  ];
}

function partLines({ name: part, lines }: ConfigPart, columns: number): readonly TextLine[] {
  const room = Math.max(
    2 * leastRoom,
    columns - 4 - Math.max(part.length, ...lines.map(({ name }) => name.length)),
  );
  const longest = Math.max(...lines.map(({ value }) => textWidth(value)));
  const forValue = Math.max(leastRoom, Math.min(longest, Math.floor(room / 2)));
  const rows = lines.flatMap((line) => rowsOf(line, forValue, room - forValue));
  const [head, ...texts] = textTable(
    [part, 'value', 'from'],
    rows.map(({ cells }) => cells),
  );
  return [head!, ...texts.map(({ text }, n) => ({ text, ...styleOf(rows[n]!.line) }))];
}

interface ConfigRow {
  readonly line: ConfigLine;
  readonly cells: readonly string[];
}

/** A value that is long goes on below. */
function rowsOf(line: ConfigLine, forValue: number, forOrigin: number): readonly ConfigRow[] {
  const { name, value, from, now } = line;
  const says = now && (now.value === '' ? ['', now.from] : [now.value, `by now in ${now.from}`]);
  return [[name, value, from] as const, ...(says ? [['!', ...says] as const] : [])].flatMap((cells) => {
    const [first = '', ...others] = cells;
    const [values, origins] = [wrapped(others[0] ?? '', forValue), wrapped(others[1] ?? '', forOrigin)];
    const height = Math.max(values.length, origins.length);
    return Array.from({ length: height }, (_, n) => ({
      ...{ line, cells: [n === 0 ? first : '', values[n] ?? '', origins[n] ?? ''] },
    }));
  });
}

const styleOf = ({ isDefault, now }: ConfigLine): Pick<TextLine, 'style'> =>
  now ? { style: 'yellow' } : isDefault ? { style: 'dim' } : {};
