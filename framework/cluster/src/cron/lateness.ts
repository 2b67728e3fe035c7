/** How late a run may begin and still be made up for, in ms: what is taken without a word, and the bounds of `lateMs`. */
export const lateness = { defaultMs: 15_000, minMs: 1000, maxMs: 86_400_000 } as const;
