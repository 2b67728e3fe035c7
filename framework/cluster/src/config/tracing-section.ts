import * as z from 'zod';
import { section } from './fields.js';

const expected = 'true, false or an object';

/** `tracing` of the settings: whether, and what spans tell. */
export const tracingSection = () =>
  z
    .union(
      [
        z.boolean(),
        section({
          uids: z
            .boolean({ error: 'true or false' })
            .default(false)
            .describe(
              'Whether spans tell the uid of the session, as `enduser.id`: personal data in most places.',
            ),
        }),
      ],
      { error: expected },
    )
    .transform((tracing) => (tracing === true ? { uids: false } : tracing));
