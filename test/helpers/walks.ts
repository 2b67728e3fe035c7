/** A step of a walk in ARCHITECTURE.md: what is called there, and in which file below `framework/`. */
export interface Step {
  readonly walk: string;
  readonly number: number;
  readonly file: string;
  /** `Class.method`, or a function. */
  readonly name: string;
}

/** The walks of a page: under each heading of the third level, the lines that are numbered. */
export function walksOf(page: string): Map<string, Step[]> {
  const section = page.slice(page.indexOf('## Eight walks')).split(/^## (?!Eight)/m, 1)[0]!;
  return new Map(
    section
      .split(/^### /m)
      .slice(1)
      .map((text) => {
        const walk = text.split('\n', 1)[0]!;
        const steps = [...text.matchAll(/^(\d+)\. (?:`([^`]+)` `([^`]+)`: \S)?/gm)];
        return [
          walk,
          steps.map(([, number, file = '', name = '']) => ({ walk, number: Number(number), file, name })),
        ] as const;
      }),
  );
}

/** Whether the source declares it. */
export function declares(source: string, name: string): boolean {
  const [owner, method] = name.split('.');
  if (method === undefined)
    return new RegExp(`^(export )?(async )?(function|const) ${name}\\b`, 'm').test(source);
  const begin = new RegExp(`^(export )?(abstract )?class ${owner}\\b`, 'm').exec(source)?.index;
  if (begin === undefined) return false;
  const body = source.slice(begin).split(/^}/m, 1)[0]!;
  return new RegExp(`^  (static )?(async )?${method}\\b(<[^(]*>)?\\(`, 'm').test(body);
}
