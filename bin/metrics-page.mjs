// The page docs/reference/metrics.md, made of the tables of measures: `npm run docs` writes it.

/** Where measures are made, in the order of the page. */
const places = {
  core: 'Of each server',
  runtime: 'Of each process',
  rpc: 'Of calls between servers',
  cluster: 'Of the links of a master',
  master: 'Of a master, its listener and its admin',
  servers: 'Of servers and the cluster, as the master sees them',
};

/**
 * @param {Record<string, Record<string, import('../framework/common/src/measures.js').MeasureDefinition>>} tables by package
 * @param {(definition: import('../framework/common/src/measures.js').MeasureDefinition, owner: 'pomelo') => string} exposedName
 * @param {(name: string) => string} snake
 */
export function metricsPage(tables, exposedName, snake) {
  const sections = Object.entries(places).map(([place, title]) => {
    const rows = Object.values(tables[place] ?? {})
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(
        (one) =>
          `| \`${one.name}\` | \`${exposedName(one, 'pomelo')}\` | ${one.kind} | ${labelsOf(one, snake)} | ${one.help} |`,
      );
    return `## ${title}\n\n| name | as a metric | kind | labels | what it tells |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const all = Object.values(tables).flatMap((table) => Object.values(table));
  const names = Object.entries(openTelemetry).map(([name, [other, note]]) => {
    const measure = all.find((one) => one.name === name);
    if (!measure) throw new Error(`no measure is named ${name}`);
    return `| \`${exposedName(measure, 'pomelo')}\` | ${other} | ${note} |`;
  });
  return `${head}\n${sections.join('\n')}\n${openTelemetryHead}${names.join('\n')}\n`;
}

/** @type {Record<string, readonly [name: string, note: string]>} by the name of the measure */
const openTelemetry = {
  'request.duration': [
    '`rpc.server.call.duration`',
    'on a frontend; `route` is `rpc.method`, `rpc.system.name` is `pomelo`; `code_class` other than `ok` is `error.type`',
  ],
  'request.work': ['`rpc.server.call.duration`', 'on a backend; as above'],
  'forward.duration': ['`rpc.client.call.duration`', 'by `peer_type`, without a method'],
  'rpc.client.duration': [
    '`rpc.client.call.duration`',
    '`method` is `rpc.method`; its first word is the type of the peer',
  ],
  'rpc.server.duration': ['`rpc.server.call.duration`', '`method` is `rpc.method`'],
  pushes: ['`messaging.client.sent.messages`', '`kind` has no name there'],
  'eventloop.delay': [
    '`nodejs.eventloop.delay.p50`, `.p90`, `.p99`, `.max`',
    'one metric there for each `percentile` here; 100 is the maximum',
  ],
  'eventloop.utilization': ['`nodejs.eventloop.utilization`', '-'],
  'gc.duration': ['`v8js.gc.duration`', '`kind` is `v8js.gc.type`'],
  'heap.used': ['`v8js.memory.heap.used`', '`space` is `v8js.heap.space.name`'],
  'heap.limit': ['`v8js.memory.heap.limit`', 'of the whole heap here, of each space there'],
  'process.cpu': ['`process.cpu.time`', 'all `cpu.mode` together'],
  'process.residentMemory': ['`process.memory.usage`', '-'],
  'process.openFds': ['`process.unix.file_descriptor.count`', '-'],
};

const openTelemetryHead = `## In OpenTelemetry

What these measures are called by the [semantic conventions](https://opentelemetry.io/docs/specs/semconv/) of OpenTelemetry, for a collector that scrapes
\`/metrics\` with its \`prometheus\` receiver and renames. \`server\` is the resource attribute \`service.instance.id\`, \`type\` is \`service.name\`, and
\`build\` of \`pomelo_build_info\` is \`service.version\`. For what is not in the table the conventions have no name: keep it as it is.

| here | in OpenTelemetry | labels |
|---|---|---|
`;

/**
 * @param {import('../framework/common/src/measures.js').MeasureDefinition} definition
 * @param {(name: string) => string} snake
 */
function labelsOf({ open, closed }, snake) {
  const labels = [];
  if (open) labels.push(`\`${snake(open.label)}\` (at most ${open.most}, then \`other\`)`);
  if (closed) labels.push(`\`${snake(closed.label)}\`: ${closed.values.join(', ')}`);
  return labels.join('; ') || '-';
}

const head = `# Measures

Written by \`npm run docs\` from the tables in the code. A server tells what has changed with each heartbeat of its link; the master has the
sums of each server and of each type. With \`opsPort\` in master.json5 it tells the measures of all servers at \`/metrics\`, with
the labels \`server\`, \`type\`, \`host\`, and \`group\` where it has one; with \`opsPort\` in servers.json5 a server tells its own: [monitoring](../guides/monitoring.md).
\`pomelo-ts list --json\` shows the counters that have risen under their names, with the value of a
label behind it: \`client.refused.full\`; gauges and histograms it does not show. \`measures.failedReads\` counts functions of gauges that threw, \`measures.dropped\`
what no histogram could take, \`measures.overflowed\` values of labels that were told as \`other\`, in each process.

- A counter only rises, from the start of its process; a new life begins at 0. It is exact up to 2^53.
- A histogram of durations has 14 buckets: up to 1, 2, 4, 8, 16, 30, 60, 125, 250 and 500 ms, 1, 2.5, 5 and 10 s, and one beyond. One of counts
  (\`push.fanout\`) has them up to 0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000 and 10,000, and one beyond.
- What waits for clients is looked for at those alone that have not read all, 10,000 at each look, and there are two looks a second at most: with 100,000 of them behind
  the figures are up to 5 seconds old. Channels and their members are counted as they come and go.
- All values of a label are known beforehand, or bounded in number; what is beyond is told as \`other\`. \`code_class\` is \`ok\`, \`error\`, \`timeout\`, or
  \`refused\` where too much was going on; \`error\` is also what a game throws on purpose, and a route that there is not. A route is told by name once its server has declared it.
- Bounds: 500 measures, 400 of them of the game, and 100,000 numbers in a process; about 32 KiB in one message, and what is more in the next.
- \`/metrics\` has at most 100,000 numbers: each server has its share of them, and what others leave. How many did not fit, or have a name that means two things, is \`pomelo_exposition_left_out\`. A value of
  0 is told, but of a histogram into which nothing has come, nothing.
- Those of a game are made with \`app.measures\` and exposed as \`game_…\`: [how](../guides/monitoring.md#measures-of-your-own).
`;
