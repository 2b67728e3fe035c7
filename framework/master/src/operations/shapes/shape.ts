import * as z from 'zod';

/** A schema for each property of `T`, so that neither forgets one that the other has. */
export type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> };

export const text = z.string();
export const texts = z.array(text).readonly();
export const someTexts = z.array(text).min(1).readonly();
/** A whole number from 0. */
export const count = z.int().min(0);
