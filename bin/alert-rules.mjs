// The rules for Prometheus, deploy/observability/rules.yml, made of the table of alerts: `npm run docs` writes them.

const head = `# Written by \`npm run docs\` from framework/views/src/alerts/ and thresholds.ts: change these, not this file.
# Each alert has its runbook in docs/reference/alerts.md.
`;

/** Where the runbooks are. */
const runbooks = 'https://github.com/pomelo-ts/pomelo-ts/blob/main/docs/reference/alerts.md';

/** A text in YAML: as in JSON. */
const quoted = JSON.stringify;

/**
 * @param {Readonly<Record<string, string>>} recordings
 * @param {Readonly<Record<string, import('../framework/views/src/alerts.js').Alert>>} alerts
 */
export function alertRules(recordings, alerts) {
  const records = Object.entries(recordings).map(
    ([name, expression]) => `      - record: ${quoted(name)}\n        expr: ${quoted(expression)}\n`,
  );
  const rules = Object.entries(alerts).map(
    ([name, { expression, for: lasting, severity, text }]) => `      - alert: ${name}
        expr: ${quoted(expression)}
        for: ${lasting}
        labels:
          severity: ${severity}
        annotations:
${Object.entries(annotationsOf(name, text))
  .map(([key, value]) => `          ${key}: ${quoted(value)}\n`)
  .join('')}`,
  );
  return `${head}groups:\n  - name: pomelo-ts\n    rules:\n${[...records, ...rules].join('')}`;
}

/**
 * What is told with an alert.
 *
 * @param {string} name
 * @param {import('../framework/views/src/alerts.js').AlertText} text
 */
export function annotationsOf(name, { summary, means, look, act }) {
  return {
    summary,
    description: `${means} Look at: ${look} Do: ${act}`,
    runbook_url: `${runbooks}#${name.toLowerCase()}`,
  };
}

/**
 * A beginning of Alertmanager's own file: which alerts are told together, and which need not be told beside others.
 *
 * @param {Readonly<Record<string, import('../framework/views/src/alerts.js').Alert>>} alerts
 */
export function alertmanagerFile(alerts) {
  const inhibitions = Object.entries(alerts).flatMap(([name, { inhibits }]) =>
    inhibits
      ? [
          `  - source_matchers: [${quoted(`alertname="${name}"`)}]
    target_matchers: [${quoted(`alertname=~"${inhibits.alerts.join('|')}"`)}]
    equal: [${inhibits.equal.join(', ')}]
`,
        ]
      : [],
  );
  return `# Written by \`npm run docs\` from framework/views/src/alerts/. Copy it, and name your receivers: as it is, nobody is told.
route:
  receiver: nobody
  group_by: [job, alertname]
  routes:
    - { matchers: ['severity="page"'], receiver: nobody, repeat_interval: 1h }
    - { matchers: ['severity=~"warn|ticket"'], receiver: nobody, repeat_interval: 12h }
    - { matchers: ['severity="info"'], receiver: nobody, repeat_interval: 7d }
receivers:
  - name: nobody
inhibit_rules:
${inhibitions.join('')}`;
}
