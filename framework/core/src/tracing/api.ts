/** The API of OpenTelemetry, as it is loaded from the game; its types alone are known here. */
export type Api = typeof import('@opentelemetry/api');
