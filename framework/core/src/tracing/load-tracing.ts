import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Tracing } from '../tracing.js';
import type { Api } from './api.js';
import { OtelTracing, type OtelTracingOptions } from './otel-tracing.js';

const name = '@opentelemetry/api';

/**
 * Tracing by the API of OpenTelemetry that the game at `root` has installed.
 *
 * @throws TRACING_MISSING, TRACING_INVALID
 */
export function loadTracing(root: string, options: Omit<OtelTracingOptions, 'api'>): Tracing {
  return new OtelTracing({ ...options, api: loadApi(root) });
}

function loadApi(root: string): Api {
  let api: Partial<Api>;
  try {
    api = createRequire(join(root, 'package.json'))(name) as Partial<Api>;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'MODULE_NOT_FOUND')
      throw new PomeloError('TRACING_MISSING', { package: name });
    throw new PomeloError('TRACING_INVALID', { package: name, reason: reasonOf(error) }, { cause: error });
  }
  if (typeof api.trace?.getTracer === 'function' && api.SpanKind && api.TraceFlags) return api as Api;
  const reason = 'it has not what version 1 has';
  throw new PomeloError('TRACING_INVALID', { package: name, reason });
}
