/** What is in names of values that nobody may read who looks at what they are in. */
export const secretWords = 'pass|pwd|secret|token|credential|private|authorization|cookie|api[-_]?key';

const secret = new RegExp(secretWords, 'i');

/** Whether a value of this name is not to be shown. */
export const isSecretName = (name: string): boolean => secret.test(name);
