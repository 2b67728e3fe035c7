import * as z from 'zod';
import { nameExpected } from '../../accounts/account-names.js';

/** A name that somebody gives to an account or a key: nobody can take it for another one. */
export const newName = z.string().superRefine((name, { addIssue }) => {
  const expected = nameExpected(name);
  if (expected !== undefined) addIssue({ code: 'custom', message: expected });
});
