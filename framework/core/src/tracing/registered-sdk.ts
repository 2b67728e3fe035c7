import type { Api } from './api.js';

/** What of an SDK is missing for spans to be made, and to know their parents; nothing when the game has registered all. */
export function missingParts({ trace, context, ROOT_CONTEXT, createContextKey }: Api): string[] {
  const provider = trace.getTracerProvider() as { getDelegateTracer?(name: string): unknown };
  if (provider.getDelegateTracer && provider.getDelegateTracer('@pomelo-ts/core') === undefined)
    return [
      'tracing is on (tracing in config/settings.json5), but no OpenTelemetry SDK is registered, so that no span is made: register one, as new NodeTracerProvider(…).register() in app.js',
    ];
  const key = createContextKey('pomelo probe');
  const kept = context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key));
  if (kept === true) return [];
  return [
    'tracing is on, but no context manager is registered, so that spans made in handlers do not know their parents: register() of NodeTracerProvider does that',
  ];
}
