import type { ToldMeasures } from '@pomelo-ts/cluster/masters';
import type { Row } from '@pomelo-ts/views';
import type { SeenServer } from '../seen-server.js';

/** What is counted of crons, by column. */
const counted = {
  runs: 'cron.runs',
  failed: 'cron.failures',
  late: 'cron.late',
  missed: 'cron.missed',
  skipped: 'cron.skipped',
  unleased: 'cron.unleased',
} as const;

/** The lines of servers that have run crons, or should have. */
export function cronsView(
  servers: readonly SeenServer[],
  toldBy: (id: string) => ToldMeasures | undefined,
): Row[] {
  return servers.flatMap(({ row: { id, type } }) => {
    const counts = toldBy(id)?.counts() ?? {};
    const cells = Object.fromEntries(
      Object.entries(counted).map(([column, name]) => [column, counts[name] ?? 0] as const),
    );
    if (Object.values(cells).every((count) => count === 0)) return [];
    const trouble = cells['failed']! + cells['missed']! + cells['unleased']!;
    return [{ key: id, trouble, cells: { id, type, ...cells } }];
  });
}
