import type { ToldMeasure } from '@pomelo-ts/cluster/masters';
import { expect, it } from 'vitest';
import { deliveryHealth } from '../../src/ops/delivery-health.js';

const definition = {
  kind: 'gauge',
  name: 'client.probeFailing',
  help: 'Whether the last probe of a connector failed.',
  open: { label: 'connector', most: 500 },
} as const;

/** A server that has probed these connectors: 1 for those to which nothing came. */
function prober(id: string, found: Readonly<Record<string, number>>, owner: 'pomelo' | 'game' = 'pomelo') {
  const rows = new Map(
    Object.entries(found).map(([connector, fails]) => [connector, Float64Array.of(fails)]),
  );
  return { id, told: { all: [{ definition, owner, rows }] satisfies ToldMeasure[] } };
}

it('says nothing where nobody probes, nor by what a game measures under the same name', () => {
  expect(deliveryHealth([])).toBeUndefined();
  expect(deliveryHealth([{ id: 'chat-1', told: { all: [] } }])).toBeUndefined();
  expect(deliveryHealth([prober('chat-1', { other: 0 })])).toBeUndefined();
  expect(deliveryHealth([prober('gate-1', { 'connector-1': 1 }, 'game')])).toBeUndefined();
});

it('is well while all that is sent arrives', () => {
  const probers = [prober('gate-1', { other: 0, 'connector-1': 0 }), prober('chat-1', { other: 0 })];
  expect(deliveryHealth(probers)).toEqual({ status: 'UP', details: { probedBy: ['gate-1'], failing: [] } });
});

it('names the connectors to whose clients nothing comes, and whose log tells more', () => {
  const probers = [
    prober('gate-1', { other: 0, 'connector-1': 0 }),
    prober('gate-2', { other: 0, 'connector-3': 0, 'connector-2': 1 }),
  ];
  expect(deliveryHealth(probers)).toMatchObject({
    status: 'DOWN',
    cause: 'what is sent to clients of connector-2 does not arrive in time',
    cure: expect.stringContaining('pomelo-ts logs gate-2 tells how far the probe came'),
    details: { probedBy: ['gate-1', 'gate-2'], failing: [{ connector: 'connector-2', by: 'gate-2' }] },
  });
});

it('tells by what a prober is kept out, where that is on the blacklist', () => {
  const probers = [
    prober('gate-1', { other: 0, 'connector-1': 1 }),
    { ...prober('gate-2', { other: 0, 'connector-2': 1 }), shutOut: '10.0.0.0/8' },
  ];
  expect(deliveryHealth(probers)).toMatchObject({
    cause:
      'what is sent to clients of connector-1, connector-2 does not arrive in time: the blacklist keeps out gate-2, which probes it, by 10.0.0.0/8',
    cure: 'pomelo-ts blacklist remove 10.0.0.0/8',
  });
});

it('names twenty connectors at most', () => {
  const all = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`connector-${n + 10}`, 1]));
  const finding = deliveryHealth([prober('gate-1', all)])!;
  expect(finding.cause).toContain('connector-29 and 5 more does not arrive');
  expect(finding.details?.['failing']).toHaveLength(20);
});
