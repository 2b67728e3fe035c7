// The pages docs/reference/alerts.md and docs/zh/alerts.md, made of the table of alerts: `npm run docs` writes them.

const words = {
  en: {
    head: `# Alerts

[中文](../zh/alerts.md)

Written by \`npm run docs\` from the table in the code. The rules for Prometheus are in \`deploy/observability/rules.yml\`, their numbers in
\`framework/views/src/thresholds.ts\`: [monitoring](../guides/monitoring.md#alerts) tells how to load and change them.

- \`page\`: players notice; somebody gets up. \`warn\`: they will, unless somebody looks within the hour. \`ticket\`: within days. \`info\`: worth to know.
- Words in capitals in a command stand for what the alert names: \`SERVER\` for its label \`server\`, \`TYPE\` for its \`type\`.
`,
    columns: '| alert | severity | is so for | what |\n|---|---|---|---|',
    severity: 'Severity',
    lasting: (time) => (time === '0s' ? 'told at once' : `told when it is so for ${time}`),
    inhibits: (names, equal) => `Hides ${names} of the same ${equal}.`,
    means: 'What it means.',
    look: 'Look at.',
    act: 'Do.',
    stop: '.',
  },
  zh: {
    head: `# 告警

[English](../reference/alerts.md)

由 \`npm run docs\` 根据代码里的表生成。Prometheus 的规则在 \`deploy/observability/rules.yml\`，阈值在 \`framework/views/src/thresholds.ts\`：
怎样加载和修改，见[监控](monitoring.md#告警)。

- \`page\`：玩家有感觉，需要马上有人处理。\`warn\`：一小时内没有人看，玩家就会有感觉。\`ticket\`：几天之内处理。\`info\`：值得知道。
- 命令里的大写单词代表告警给出的名字：\`SERVER\` 是标签 \`server\`，\`TYPE\` 是标签 \`type\`。
`,
    columns: '| 告警 | 级别 | 持续 | 内容 |\n|---|---|---|---|',
    severity: '级别',
    lasting: (time) => (time === '0s' ? '立即告警' : `持续 ${time} 后告警`),
    inhibits: (names, equal) => `它出现时，相同 ${equal} 的 ${names} 不再告警。`,
    means: '含义：',
    look: '查看：',
    act: '处理：',
    stop: '。',
  },
};

/** A summary for people: the places that Prometheus fills are words. */
const readable = (summary) =>
  summary.replaceAll(/\{\{ \$(?:labels\.)?(\w+)[^}]*\}\}/g, (_, name) => `*${name}*`);

/**
 * @param {'en' | 'zh'} language
 * @param {Readonly<Record<string, import('../framework/views/src/alerts.js').Alert>>} alerts
 * @param {Readonly<Record<string, import('../framework/views/src/alerts.js').AlertText>>} texts in that language
 */
export function alertsPage(language, alerts, texts) {
  const said = words[language];
  const rows = Object.entries(alerts).map(
    ([name, { severity, for: lasting }]) =>
      `| [${name}](#${name.toLowerCase()}) | ${severity} | ${lasting} | ${readable(texts[name].summary)} |`,
  );
  const sections = Object.entries(alerts).map(([name, alert]) => section(said, name, alert, texts[name]));
  return `${said.head}\n${said.columns}\n${rows.join('\n')}\n\n${sections.join('\n')}`;
}

function section(
  said,
  name,
  { expression, for: lasting, severity, inhibits },
  { summary, means, look, act },
) {
  const hidden = inhibits
    ? ` ${said.inhibits(inhibits.alerts.map((one) => `\`${one}\``).join(', '), inhibits.equal.map((one) => `\`${one}\``).join(', '))}`
    : '';
  return `## ${name}

${readable(summary)} ${said.severity} \`${severity}\`, ${said.lasting(lasting)}${said.stop}${hidden}

- **${said.means}** ${means}
- **${said.look}** ${look}
- **${said.act}** ${act}

\`\`\`promql
${expression}
\`\`\`
`;
}
