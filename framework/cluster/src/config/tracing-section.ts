import * as z from 'zod';
import { section } from './fields.js';

/** Spans of failed and slow requests in a second. */
const usualKept = 20;
const mostKept = 1000;
const keptExpected = `a whole number from 0 to ${mostKept}`;

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
          kept: z
            .int({ error: keptExpected })
            .min(0, { error: keptExpected })
            .max(mostKept, { error: keptExpected })
            .default(usualKept)
            .describe(
              'Spans that a frontend makes in a second at most of requests that the sampler has left out, as they failed or took longer than 99 of 100; 0 for none.',
            ),
        }),
      ],
      { error: expected },
    )
    .transform((tracing) => (tracing === true ? { uids: false, kept: usualKept } : tracing));
