/** Whether there is little room, as on a phone: what is not needed at once is behind a button then. */
export const isNarrow = (): boolean => matchMedia('(max-width: 56rem)').matches;
