const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytes = {
  B: 1,
  KB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
} as const;

function parseUnit(text: string, units: Record<string, number>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(text.trim());
  const unit = match && Object.hasOwn(units, match[2]!) ? units[match[2]!] : undefined;
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}

/** Milliseconds of a duration such as `"500ms"`, `"30s"`, `"2m"`; undefined when it has no known unit. */
export function parseDuration(text: string): number | undefined {
  return parseUnit(text, milliseconds);
}

/** Bytes of a size such as `"64KiB"` or `"1MB"`; undefined when it has no known unit. */
export function parseSize(text: string): number | undefined {
  return parseUnit(text, bytes);
}
