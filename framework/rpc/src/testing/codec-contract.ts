import assert from 'node:assert/strict';
import type { RpcCodec } from '../codec.js';
import { carriedCases, refusedCases } from './carried-values.js';

/** One thing a codec must do. */
export interface CodecCase {
  readonly title: string;
  run(): void;
}

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  127,
  128,
  65536,
  2 ** 40,
  1.5,
  -2.25,
  '',
  'hé中😀',
  [],
  [1, [2, [3]]],
  {},
  { uid: 'u1', n: 3, nested: { list: ['a', null] } },
  Array.from({ length: 300 }, (_, i) => i),
  'x'.repeat(70_000),
];

/**
 * What every {@link RpcCodec} must do. With `other`, also that both read each other's bytes.
 *
 * @example for (const { title, run } of codecContract(msgpackrCodec(), mine())) it(title, run);
 */
export function codecContract(codec: RpcCodec, other: RpcCodec = codec): CodecCase[] {
  const carry = (from: RpcCodec, to: RpcCodec, value: unknown): unknown => {
    // Inside a larger buffer, as frames are.
    const bytes = Buffer.concat([Buffer.from([0xc1, 0xc1]), from.encode(value), Buffer.from([0xc1])]);
    return to.decode(bytes, 2, bytes.length - 1);
  };
  return [
    {
      title: `${codec.name} reads what ${other.name} wrote, and the reverse`,
      run: () => {
        for (const value of values) {
          assert.deepEqual(carry(codec, other, value), value);
          assert.deepEqual(carry(other, codec, value), value);
        }
      },
    },
    {
      title: `${codec.name} carries undefined as nil`,
      run: () => {
        assert.equal(carry(codec, other, undefined), null);
        assert.deepEqual(carry(codec, other, [1, undefined]), [1, null]);
      },
    },
    {
      title: `${codec.name} carries bytes as bytes`,
      run: () => {
        const bytes = carry(codec, other, { body: Buffer.from([0, 1, 255]) }) as { body: Uint8Array };
        assert.deepEqual([...bytes.body], [0, 1, 255]);
      },
    },
    ...carriedCases.map(({ what, make, arrives }) => ({
      title: `${codec.name} carries ${what} as the table says, whoever reads it`,
      run: () => {
        for (const [from, to] of [
          [codec, other],
          [other, codec],
        ] as const) {
          const [alone, inside] = carry(from, to, [make(), { field: make() }]) as [
            unknown,
            { field: unknown },
          ];
          assert.deepStrictEqual(alone, arrives);
          assert.deepStrictEqual(inside.field, arrives);
        }
      },
    })),
    ...refusedCases.map(([what, value, reason]) => ({
      title: `${codec.name} refuses ${what}, and says why`,
      run: () => {
        assert.throws(() => codec.encode(value), reason);
        // Whatever was written before the refusal is gone.
        assert.deepEqual(carry(codec, other, ['next']), ['next']);
      },
    })),
    {
      title: `${codec.name} gives bytes that what is written or read later does not change`,
      run: () => {
        const kept = carriedCases.map(({ make }) => {
          const bytes = codec.encode([make()]);
          return { bytes, copy: Buffer.from(bytes) };
        });
        for (let i = 0; i < 200; i++)
          codec.encode({ text: 'z'.repeat(i * 50), bytes: Buffer.alloc(i, 0xee) });
        for (const { bytes, copy } of kept) assert.ok(copy.equals(bytes));
      },
    },
    {
      title: `${codec.name} gives bytes of their own, not of the frame that they came in`,
      run: () => {
        const frame = Buffer.from(codec.encode([Buffer.from('abc'), 'text']));
        const [bytes] = codec.decode(frame, 0, frame.length) as [Buffer];
        frame.fill(0);
        assert.equal(String(bytes), 'abc');
      },
    },
    {
      title: `${codec.name} refuses what is not exactly one value`,
      run: () => {
        const hostile = [[], [0x92, 1], [1, 1], [0xdd, 255, 255, 255, 255], [0xc6, 255, 255, 255, 255]];
        for (const bytes of hostile) {
          assert.throws(() => codec.decode(Buffer.from(bytes), 0, bytes.length), `accepted ${bytes}`);
        }
      },
    },
    {
      title: `${codec.name} lets no key touch a prototype`,
      run: () => {
        const bytes = Buffer.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x78, 1]);
        let value: { x?: number } = {};
        try {
          value = codec.decode(bytes, 0, bytes.length) as { x?: number };
        } catch {
          // Refusing such a key is as good as keeping it apart.
        }
        assert.equal(value.x, undefined);
        assert.equal(({} as { x?: number }).x, undefined);
      },
    },
    {
      title: `${codec.name} refuses nesting without end quickly`,
      run: () => {
        const bytes = Buffer.alloc(200_001, 0x91);
        assert.throws(() => codec.decode(bytes, 0, bytes.length));
      },
    },
  ];
}
