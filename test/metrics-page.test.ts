import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linkMeasures } from '../framework/cluster/src/link-measures.js';
import { diskMeasures } from '../framework/common/src/measures/disk-measures.js';
import { runtimeMeasures } from '../framework/common/src/measures/runtime-measures.js';
import {
  exposedName,
  type MeasureDefinition,
  Measures,
  type MeasureTable,
  snake,
} from '../framework/common/src/measures.js';
import { GameMeasures } from '../framework/core/src/game-measures.js';
import { coreMeasures } from '../framework/core/src/measures.js';
import { accountMeasures } from '../framework/master/src/accounts/account-measures.js';
import { alertingMeasures } from '../framework/master/src/alerting/alerting-measures.js';
import { auditMeasures } from '../framework/master/src/audit/audit-measures.js';
import { listenerMeasures } from '../framework/master/src/listener/listener-measures.js';
import { clusterDefinitions } from '../framework/master/src/ops/cluster-measures.js';
import { shippingMeasures, unshippedMeasure } from '../framework/master/src/shipping/shipping-measures.js';
import { rpcMeasures } from '../framework/rpc/src/measures.js';

const { metricsPage } = (await import(new URL('../bin/metrics-page.mjs', import.meta.url).href)) as {
  metricsPage(
    tables: Record<string, MeasureTable>,
    nameOf: typeof exposedName,
    labelOf: typeof snake,
  ): string;
};

const root = fileURLToPath(new URL('..', import.meta.url));
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
const page = readFileSync(join(root, 'docs/reference/metrics.md'), 'utf8');
const definitions = Object.values(tables).flatMap((table): MeasureDefinition[] =>
  Object.values<MeasureDefinition>(table),
);

describe('the page of measures', () => {
  it('is what the tables in the code say (npm run docs)', () => {
    expect(page).toBe(metricsPage(tables, exposedName, snake));
  });

  it('has every measure that the code defines, and names no other', () => {
    const sources = readdirSync(join(root, 'framework'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /^[a-z]+\/src\/.*\.ts$/.test(file))
      .map((file) => readFileSync(join(root, 'framework', file), 'utf8').replaceAll(/^ *\*.*$/gm, ''));
    const defined = sources.flatMap((text) =>
      [...text.matchAll(/kind: '(?:counter|gauge|histogram)',\s+name: '([^']+)'/g)].map((match) => match[1]!),
    );
    const [ours = ''] = page.split('\n## In OpenTelemetry');
    const told = [...ours.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]!);
    expect(told.toSorted()).toEqual(
      defined.filter((name) => !name.startsWith('measures.') && name !== 'exposition.leftOut').toSorted(),
    );
  });

  it('has names that all can be told at once, under names by the conventions', () => {
    const measures = new Measures();
    for (const table of Object.values(tables)) measures.makeAll(table);
    const exposed = definitions.map((one) => exposedName(one, 'pomelo'));
    expect(new Set(exposed).size).toBe(definitions.length);
    for (const name of exposed) expect(name).toMatch(/^(?:pomelo|process)_[a-z0-9]+(_[a-z0-9]+)*$/);
  });

  it('has no name that a game can take', () => {
    const measures = new GameMeasures(new Measures());
    for (const { name } of [...Object.values(coreMeasures), ...Object.values(rpcMeasures)])
      expect(() => measures.counter({ name, help: 'Of a game.' })).toThrow('are those of the framework');
  });
});
