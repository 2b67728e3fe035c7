import { describe, expect, it } from 'vitest';

const load = (file: string): Promise<unknown> =>
  import(new URL(`../bin/templates/${file}`, import.meta.url).href);
const { stripTypes } = (await load('strip-types.mjs')) as {
  stripTypes(source: string, file: string): string;
};
const { keepRegions } = (await load('regions.mjs')) as {
  keepRegions(text: string, wanted: readonly string[], file: string): string;
};

describe('TypeScript without its types', () => {
  it.each([
    [`import type { A } from 'a';\nimport { type B, c } from 'b';`, `import { c } from 'b';`],
    [`import { type B, a, type C as D } from 'b';`, `import { a,  } from 'b';`],
    [`import { type A } from 'a';\nb();`, 'b();'],
    [`export type { A } from 'a';\nexport { type C, b };`, 'export { b };'],
    ['const a = b as unknown as C<D>;', 'const a = b;'],
    ['const a = { b } satisfies C;', 'const a = { b };'],
    ['const a = b!.c![0]!;', 'const a = b.c[0];'],
    ['const { a, b = 1 }: { a?: unknown; b: number } = c;', 'const { a, b = 1 } = c;'],
    ['function a<T extends B>(b: T, c?: string, ...d: T[]): b is C {}', 'function a(b, c, ...d) {}'],
    ['const a = <T,>(b: () => void = c): Promise<T> => d<T>(b);', 'const a = (b = c) => d(b);'],
    ['const a = b ? c : d;', 'const a = b ? c : d;'],
    ['const a = new Map<string, Map<A, B>>();', 'const a = new Map();'],
    ['class A<T> extends B<T> implements C, D {}', 'class A extends B {}'],
    [
      'class A { private static readonly a: B = 1; #b?: C; d!: E; declare; }',
      'class A { static a = 1; #b; d; declare; }',
    ],
    ['try { a(); } catch (error: unknown) {}', 'try { a(); } catch (error) {}'],
    ['for (const a of b as C[]) d(a satisfies E);', 'for (const a of b) d(a);'],
    ['function a(b: string): void;\nfunction a(b: unknown): void {}', 'function a(b) {}'],
  ])('is, of %j, %j', (source, expected) => {
    expect(stripTypes(source, 'a.ts')).toBe(expected);
  });

  it('keeps what is said of what stays, and drops what is said of a type', () => {
    const source = `/** The file. */\n\n/** A type. */\nexport interface A {\n  /** A field. */\n  b: string;\n}\n\n/** A value. */\nexport const c: A = d; // why\n`;
    expect(stripTypes(source, 'a.ts')).toBe(
      '/** The file. */\n\n\n/** A value. */\nexport const c = d; // why\n',
    );
  });

  it.each([
    'enum A { b }',
    'class A { constructor(readonly b: string) {} }',
    'namespace A { b(); }',
    'const a = <B>c;',
  ])('is not made of what would need other code: %s', (source) => {
    expect(() => stripTypes(`\n${source}`, 'a.ts')).toThrow('a.ts:2 cannot be JavaScript');
  });
});

describe('regions', () => {
  const text =
    'a\n  // #region x\n  b\n  // #region y\n  c\n  // #endregion y\n  // #endregion x\n<!-- #region y -->\nd\n<!-- #endregion y -->\n';

  it.each([
    [['x', 'y'], 'a\n  b\n  c\nd\n'],
    [['x'], 'a\n  b\n'],
    [['y'], 'a\nd\n'],
    [[], 'a\n'],
  ])('of %j are kept', (wanted, expected) => {
    expect(keepRegions(text, wanted, 'a.ts')).toBe(expected);
  });

  it('must end, and in order', () => {
    expect(() => keepRegions('// #region x\n', [], 'a.ts')).toThrow('a.ts: the region x does not end');
    expect(() => keepRegions('// #endregion x\n', [], 'a.ts')).toThrow('a.ts: the region x ends where');
  });
});
