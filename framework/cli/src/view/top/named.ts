/** `chat-1, chat-2, chat-3 and 7 more`. */
export const shown = (ids: readonly string[]): string =>
  ids.length > 4 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
