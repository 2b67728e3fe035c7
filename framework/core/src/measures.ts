import type { HandlesOf, MeasureTable } from '@pomelo-ts/common';
import { processMeasures } from '@pomelo-ts/common/internal';
import { clientMeasures } from './measures/client-measures.js';
import { durationMeasures } from './measures/duration-measures.js';
import { gaugeMeasures } from './measures/gauge-measures.js';
import { probeMeasures } from './measures/probe-measures.js';
import { pushMeasures } from './measures/push-measures.js';
import { requestMeasures } from './measures/request-measures.js';
import { serviceMeasures } from './measures/service-measures.js';
import { traceMeasures } from './measures/trace-measures.js';

/** All that a server measures, but what its RPC node does. */
export const coreMeasures = {
  ...clientMeasures,
  ...requestMeasures,
  ...durationMeasures,
  ...pushMeasures,
  ...serviceMeasures,
  ...probeMeasures,
  ...traceMeasures,
  ...gaugeMeasures,
  ...processMeasures,
} as const satisfies MeasureTable;

/** Handles of {@link coreMeasures}. */
export type CoreMeasures = HandlesOf<typeof coreMeasures>;
