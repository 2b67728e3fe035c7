import { each, sumBy } from '../../framework/views/src/alerts/expressions.js';

/** What is read here of a panel of Grafana. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** What is read here of a dashboard of Grafana. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const { dashboardFiles } = (await import(new URL('../../bin/dashboards.mjs', import.meta.url).href)) as {
  dashboardFiles(expressions: object): Readonly<Record<string, string>>;
};

/** The files of all dashboards by their names, as `npm run docs` writes them. */
export const files = dashboardFiles({ each, sumBy });

/** All dashboards by the names of their files. */
export const dashboards: Readonly<Record<string, Dashboard>> = Object.fromEntries(
  Object.entries(files).map(([name, text]) => [name, JSON.parse(text) as Dashboard]),
);

/** An expression of a dashboard, and which labels of its series name the lines. */
export interface Asked {
  readonly where: string;
  readonly expression: string;
  readonly labels: readonly string[];
}

/** All that the dashboards ask a Prometheus for, of one game and all of its servers. */
export function askedOf(job: string, interval: string): Asked[] {
  const filled = (text: string) =>
    text.replaceAll('$job', job).replaceAll('$server', '.*').replaceAll('$__rate_interval', interval);
  return Object.values(dashboards).flatMap(({ title, panels, templating, annotations }) => [
    ...panels.flatMap(({ title: panel, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({
        where: `${title}: ${panel}`,
        expression: filled(expr),
        labels: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!),
      })),
    ),
    ...templating.list.flatMap(({ name, query }) => {
      const [, expression, label] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
      if (expression === undefined) return [];
      return [{ where: `${title}: variable ${name}`, expression: filled(expression), labels: [label!] }];
    }),
    ...annotations.list.map(({ expr }) => ({
      where: `${title}: marks`,
      expression: filled(expr),
      labels: ['server'],
    })),
  ]);
}
