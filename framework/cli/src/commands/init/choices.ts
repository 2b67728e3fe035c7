/** What a new game may begin as. */
export const templates = {
  chat: 'a chat in rooms, with its page',
  arena: 'the chat and a game of tag, with its page',
  empty: 'a gate, a connector and one handler',
} as const;

/** What a new game may be written in. */
export const languages = { ts: 'TypeScript', js: 'JavaScript' } as const;

export type Template = keyof typeof templates;
export type Language = keyof typeof languages;
