const connector = Symbol('pomelo-ts connector');

interface ConnectorName {
  readonly [connector]: string;
}

const named = (name: string): ConnectorName => ({ [connector]: name });

/** What apps name in `connectorConfig.connector`; only the hybrid one can be started. */
export const connectors = {
  hybridconnector: named('hybridconnector'),
  sioconnector: named('sioconnector'),
  udpconnector: named('udpconnector'),
  mqttconnector: named('mqttconnector'),
} as const;

/** Named by apps for their pushes; core has one way to write them. */
export const pushSchedulers = { direct: 'direct', buffer: 'buffer' } as const;

export function isHybrid(value: unknown): boolean {
  return value === connectors.hybridconnector;
}

export function nameOfConnector(value: unknown): string {
  if (typeof value === 'function') return value.name || 'of the app';
  return (value as Partial<ConnectorName> | null)?.[connector] ?? 'of the app';
}
