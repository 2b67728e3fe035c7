import { msgpackrCodec } from '@pomelo-ts/rpc';
import { codecContract } from '@pomelo-ts/rpc/testing';
import { describe, it } from 'vitest';
import { msgpackLiteCodec } from '../src/codec-msgpack-lite.js';

describe('msgpackLiteCodec', () => {
  for (const { title, run } of codecContract(msgpackLiteCodec(), msgpackrCodec())) it(title, run);
});
