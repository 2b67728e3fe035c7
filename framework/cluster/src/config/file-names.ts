const serverFields: Readonly<Record<string, string>> = {
  autoRestart: 'auto-restart',
  restartForce: 'restart-force',
  maxConnections: 'max-connections',
};

const renamed: Readonly<Record<string, string>> = {
  'master.log.maxBytes': 'master.log.maxSize',
  'master.log.bytesPerSecond': 'master.log.rate',
};

/** The name that a field of a server's entry has in `servers.json`. */
export const fieldInFile = (field: string): string => serverFields[field] ?? field;

/**
 * The name that a value of the loaded configuration has in its file.
 *
 * @example pathInFile('master.stopTimeoutMs'); // 'master.stopTimeout'
 */
export const pathInFile = (path: string): string => renamed[path] ?? path.replace(/Ms$/, '');

/** A value of the loaded configuration as its file would say it: `"1.5s"` for 1500 ms. */
export function valueInFile(path: string, value: unknown): unknown {
  return path.endsWith('Ms') && typeof value === 'number' ? `${value / 1000}s` : value;
}
