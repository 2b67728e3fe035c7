export { type CodecCase, codecContract } from './testing/codec-contract.js';
export { type TransportCase, transportContract } from './testing/transport-contract.js';
