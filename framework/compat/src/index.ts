export * from '@pomelo-ts/core/compat';
export { default } from '@pomelo-ts/core/compat';
