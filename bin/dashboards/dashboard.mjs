// A dashboard for Grafana, made of rows of panels: each has a title, what it is drawn as, a unit, and expressions with the names of their lines.

/**
 * @typedef {readonly [expression: string, legend: string]} Line
 * @typedef {{ title: string, as: 'stat' | 'timeseries' | 'bargauge', unit: string, lines: readonly Line[], about?: string, wide?: boolean }} Panel
 * @typedef {{ title: string, panels: readonly Panel[] }} Section
 * @typedef {{ name: string, label: string, query: string, many?: boolean }} Variable
 * @typedef {{ uid: string, title: string, about: string, variables: readonly Variable[], sections: readonly Section[] }} Dashboard
 */

/** Width of a dashboard, and of a panel by what it is drawn as, in columns of Grafana. */
const columns = 24;
const widths = { stat: 4, timeseries: 12, bargauge: 12 };
const heights = { stat: 4, timeseries: 8, bargauge: 8 };

const datasource = { type: 'prometheus', uid: '$datasource' };

/** What a dashboard asks Prometheus for by a job of it: one game. */
export const ofJob = 'job="$job"';

/**
 * The rate of a counter of one game.
 *
 * @param {string} metric
 * @param {string} more further labels that are chosen: `,cause="slow"`
 */
export const rate = (metric, more = '') => `rate(${metric}{${ofJob}${more}}[$__rate_interval])`;

/** @type {Variable} */
const jobVariable = { name: 'job', label: 'Game', query: 'label_values(pomelo_leader, job)' };

/**
 * The file of a dashboard.
 *
 * @param {Dashboard} dashboard
 */
export function dashboardFile({ uid, title, about, variables, sections }) {
  const panels = layout(sections);
  return {
    uid,
    title,
    description: about,
    tags: ['pomelo-ts'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '15s',
    time: { from: 'now-1h', to: 'now' },
    timezone: '',
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', current: {} },
        ...[jobVariable, ...variables].map(variableOf),
      ],
    },
    links: [
      {
        ...{ title: 'pomelo-ts', type: 'dashboards', tags: ['pomelo-ts'], asDropdown: true },
        ...{ keepTime: true, includeVars: true },
      },
    ],
    annotations: {
      list: [
        {
          ...{ name: 'Restarts', enable: true, iconColor: 'red', datasource },
          expr: `sum by (server) (changes(process_start_time_seconds{${ofJob},server!=""}[1m])) > 0`,
          titleFormat: '{{server}} has started',
        },
      ],
    },
    panels,
  };
}

/** @param {Variable} variable */
const variableOf = ({ name, label, query, many = false }) => ({
  ...{ name, label, type: 'query', datasource, query, definition: query, refresh: 2, sort: 1 },
  ...(many && { multi: true, includeAll: true, allValue: '.*' }),
  current: {},
});

/** Panels from left to right, then below. @param {readonly Section[]} sections */
function layout(sections) {
  const panels = [];
  let y = 0;
  let id = 1;
  for (const section of sections) {
    panels.push({
      id: id++,
      type: 'row',
      title: section.title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    });
    y += 1;
    let x = 0;
    let high = 0;
    for (const panel of section.panels) {
      const w = panel.wide ? columns : widths[panel.as];
      const h = heights[panel.as];
      if (x + w > columns) {
        [x, y, high] = [0, y + high, 0];
      }
      panels.push(panelOf(panel, id++, { x, y, w, h }));
      x += w;
      high = Math.max(high, h);
    }
    y += high;
  }
  return panels;
}

/**
 * @param {Panel} panel
 * @param {number} id
 * @param {{ x: number, y: number, w: number, h: number }} gridPos
 */
function panelOf({ title, as, unit, lines, about }, id, gridPos) {
  return {
    id,
    type: as,
    title,
    ...(about !== undefined && { description: about }),
    gridPos,
    datasource,
    fieldConfig: {
      defaults: { unit, min: unit === 'short' || unit === 'percentunit' ? 0 : undefined },
      overrides: [],
    },
    options: optionsOf[as],
    targets: lines.map(([expr, legendFormat], at) => ({
      refId: String.fromCharCode(65 + at),
      ...{ datasource, expr, legendFormat: legendFormat === '' ? title : legendFormat },
      ...(as === 'timeseries' ? { range: true } : { instant: true, range: false }),
    })),
  };
}

const optionsOf = {
  stat: { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'none', graphMode: 'none' },
  bargauge: { reduceOptions: { calcs: ['lastNotNull'] }, orientation: 'horizontal' },
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
};
