export { traceEnd, traceLines } from '@pomelo-ts/views';
