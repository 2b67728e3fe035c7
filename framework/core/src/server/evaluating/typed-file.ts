/** The name of the file in stacks of code that an operator has carried out. */
export const typedFile = 'what-the-operator-typed.js';
