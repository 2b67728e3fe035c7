import { shortNumber } from './statistics.mjs';

/** @typedef {import('./statistics.mjs').Summary} Summary */

/**
 * @typedef {object} ScenarioResult
 * @property {import('../scenarios/scenario.mjs').Scenario} scenario
 * @property {Record<string, Record<string, Summary>>} bySystem per system and figure
 */

/** Columns padded to their widest cell. */
function lines(/** @type {string[][]} */ rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** @param {Summary | undefined} value */
function withRange(value) {
  if (!value) return '-';
  const middle = shortNumber(value.median);
  return value.rounds > 1 ? `${middle} (${shortNumber(value.low)}-${shortNumber(value.high)})` : middle;
}

/** @param {Summary | undefined} value @param {Summary | undefined} floor */
function ratio(value, floor) {
  if (!value || !floor || floor.median <= 0) return undefined;
  return value.median / floor.median;
}

/**
 * What the target is and whether our median meets it.
 *
 * @param {import('../scenarios/scenario.mjs').Figure} figure
 * @param {Summary | undefined} ours
 * @param {Summary | undefined} floor
 */
export function verdict(figure, ours, floor) {
  const limit = figure.atMost ?? figure.atMostRatio;
  if (limit === undefined) return { target: '', met: undefined };
  const target = figure.atMost === undefined ? `<=${limit}x` : `<=${limit}`;
  const value = figure.atMost === undefined ? ratio(ours, floor) : ours?.median;
  return { target, met: value === undefined ? undefined : value <= limit };
}

/**
 * One row a figure: floor, ours and the peers with their ratio to the floor, and the target.
 *
 * @param {ScenarioResult[]} results
 * @param {string[]} systems floor first
 */
export function mainTable(results, systems) {
  const [floorName = 'floor', ...others] = systems;
  const head = [
    'scenario',
    'figure',
    floorName,
    ...others.flatMap((name) => [name, 'ratio']),
    'target',
    'met',
  ];
  const rows = results.flatMap(({ scenario, bySystem }) =>
    scenario.figures.map((figure) => {
      const floor = bySystem[floorName]?.[figure.key];
      const { target, met } = verdict(figure, bySystem['ours']?.[figure.key], floor);
      const cells = others.flatMap((name) => {
        const value = bySystem[name]?.[figure.key];
        const times = ratio(value, floor);
        return [withRange(value), times === undefined ? '-' : `${times.toFixed(2)}x`];
      });
      const answer = met === undefined ? '' : met ? 'yes' : 'NO';
      return [scenario.name, figure.label, withRange(floor), ...cells, target, answer];
    }),
  );
  return lines([head, ...rows]);
}

/**
 * Throughput and latency of every load, one row a system. They depend on what else the machine does.
 *
 * @param {ScenarioResult[]} results
 */
export function rateTable(results) {
  const rows = results.flatMap(({ scenario, bySystem }) =>
    Object.entries(bySystem)
      .filter(([, figures]) => figures['perSecond'])
      .map(([name, figures]) => {
        const cell = (/** @type {string} */ key) => withRange(figures[key]);
        return [scenario.name, name, cell('perSecond'), cell('p50'), cell('p99'), cell('clientCores')];
      }),
  );
  if (rows.length === 0) return [];
  return lines([['scenario', 'system', 'units/s', 'p50 ms', 'p99 ms', 'client cores'], ...rows]);
}
