// Writes the generated pages and schemas, and the list of public names: `npm run docs`. Unit tests fail when they are stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { adminRoutes, sessionBodies } from '../framework/admin/dist/index.js';
import { cliReference } from '../framework/cli/dist/index.js';
import { configReference, configSchemas } from '../framework/cluster/dist/config.js';
import { linkMeasures } from '../framework/cluster/dist/internal.js';
import { diskMeasures } from '../framework/common/dist/measures/disk-measures.js';
import { runtimeMeasures } from '../framework/common/dist/measures/runtime-measures.js';
import { exposedName, snake } from '../framework/common/dist/measures.js';
import { coreMeasures } from '../framework/core/dist/measures.js';
import { accountMeasures } from '../framework/master/dist/accounts/account-measures.js';
import { alertingMeasures } from '../framework/master/dist/alerting/alerting-measures.js';
import { auditMeasures } from '../framework/master/dist/audit/audit-measures.js';
import { listenerMeasures } from '../framework/master/dist/listener/listener-measures.js';
import { argumentWords, listedOperations } from '../framework/master/dist/operations.js';
import { clusterDefinitions } from '../framework/master/dist/ops/cluster-measures.js';
import { shippingMeasures, unshippedMeasure } from '../framework/master/dist/shipping/shipping-measures.js';
import { rpcMeasures } from '../framework/rpc/dist/index.js';
import { each, sumBy } from '../framework/views/dist/alerts/expressions.js';
import { alerts, alertsInChinese, recordings } from '../framework/views/dist/alerts.js';
import { adminApiPage } from './admin-api-page.mjs';
import { alertmanagerFile, alertRules } from './alert-rules.mjs';
import { alertsPage } from './alerts-page.mjs';
import { dashboardFiles } from './dashboards.mjs';
import { metricsPage } from './metrics-page.mjs';
import { publicExports } from './public-exports.mjs';

const write = (file, text) => {
  writeFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), text);
  console.log(`wrote ${file}`);
};

for (const [name, schema] of Object.entries(configSchemas()))
  write(`config/schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`);
write('docs/reference/config.md', configReference());
write('docs/reference/cli.md', await cliReference());
const tables = {
  core: coreMeasures,
  runtime: { ...runtimeMeasures, ...diskMeasures },
  rpc: rpcMeasures,
  cluster: linkMeasures,
  master: {
    ...listenerMeasures,
    ...alertingMeasures,
    ...accountMeasures,
    ...auditMeasures,
    ...shippingMeasures,
    unshippedMeasure,
  },
  servers: clusterDefinitions,
};
write('docs/reference/metrics.md', metricsPage(tables, exposedName, snake));
const texts = Object.fromEntries(Object.entries(alerts).map(([name, { text }]) => [name, text]));
write('docs/reference/alerts.md', alertsPage('en', alerts, texts));
write('docs/zh/alerts.md', alertsPage('zh', alerts, alertsInChinese));
write(
  'docs/reference/admin-api.md',
  adminApiPage(adminRoutes, listedOperations(), argumentWords, sessionBodies),
);
write('deploy/observability/rules.yml', alertRules(recordings, alerts));
write('deploy/observability/alertmanager.yml', alertmanagerFile(alerts));
for (const [name, text] of Object.entries(dashboardFiles({ each, sumBy })))
  write(`deploy/observability/dashboards/${name}`, text);
const framework = fileURLToPath(new URL('../framework', import.meta.url));
write('test/public-exports.txt', `${publicExports(framework).join('\n')}\n`);
