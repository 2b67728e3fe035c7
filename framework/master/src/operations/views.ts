import {
  askedBy,
  groupings,
  type Happening,
  longestFilter,
  mostRows,
  type Page,
  type PageDelta,
  type Past,
  type PastSpan,
  pastSpans,
  type Row,
  type ServerMeasures,
  type Summary,
  type ToldNumber,
  type ToldTiming,
  usualQuery,
  type ViewName,
  type ViewQuery,
  viewNames,
  windows,
} from '@pomelo-ts/views';
import * as z from 'zod';
import { watchView } from '../feed/watch-view.js';
import { operation } from './operation.js';
import { problem } from './shapes/host-page.js';
import { count, type Shape, text, texts } from './shapes/shape.js';
import { noProgress } from './shapes.js';

const number = z.number();
const cell = z.union([text, number, z.null()]);
const points = z.array(z.union([number, z.null()])).readonly();

const row: z.ZodType<Row> = z.strictObject({
  key: text,
  cells: z.record(text, cell).readonly(),
  trouble: number,
  growth: z.record(text, number).readonly().exactOptional(),
} satisfies Shape<Row>);

const summary = z.strictObject({
  env: text,
  leader: z.strictObject({ id: text, host: text, term: number }),
  hosts: count,
  states: z.record(text, count).readonly(),
  builds: texts,
  online: number,
  requests: number,
  errors: number,
  p99: z.union([number, z.null()]),
  pushes: number,
  past: z.strictObject({ online: points, requests: points, errors: points, p99: points, pushes: points }),
  problems: z.array(problem).readonly(),
  problemCount: count,
} satisfies Shape<Summary>);

const page: z.ZodType<Page> = z.strictObject({
  at: number,
  rows: z.array(row).readonly(),
  matching: count,
  total: count,
  silent: texts,
  summary,
} satisfies Shape<Page>);

const delta: z.ZodType<PageDelta> = z.strictObject({
  at: number,
  set: z.array(row).readonly().exactOptional(),
  order: texts.exactOptional(),
  matching: count.exactOptional(),
  total: count.exactOptional(),
  silent: texts.exactOptional(),
  summary: summary.exactOptional(),
} satisfies Shape<PageDelta>);

/** All but the view may be left out. */
const query = z.strictObject({
  view: z.enum(viewNames),
  filter: text.max(longestFilter).exactOptional(),
  sort: text.exactOptional(),
  ascending: z.boolean().exactOptional(),
  growth: z.boolean().exactOptional(),
  window: z.enum(windows).exactOptional(),
  limit: z.int().min(1).max(mostRows).exactOptional(),
  group: z.enum(groupings).exactOptional(),
  faulty: z.boolean().exactOptional(),
} satisfies Shape<ViewQuery>);

const whole = (asked: z.output<typeof query>): ViewQuery => ({ ...usualQuery, ...asked });

const look = {
  ...({ role: 'viewer', turn: { takes: 'nothing' }, changes: false, args: query } as const),
  /** Where users come from is theirs. */
  personal: (args: { readonly view?: unknown }) => args.view === 'users',
  alsoNeeds: ({ view }: { readonly view: ViewName }) => askedBy(view),
};

export const readView = operation({
  ...look,
  progress: noProgress,
  answer: page,
  effect: 'Shows a table of servers, hosts, routes, calls, users, channels, crons, operations or problems.',
  carryOut: async (master, asked) => (await master.views.open()).read(whole(asked)),
});

export const watchViews = operation({
  ...look,
  progress: delta,
  answer: z.null(),
  effect: 'Shows such a table, and each second what has changed in it.',
  carryOut: async (master, asked, { onProgress, whenRead, gone, principal: { name, via } }) =>
    watchView(await master.views.open(), whole(asked), {
      ...{ tell: onProgress, whenRead, gone },
      who: `${via} ${name}`,
    }),
});

const happening = z.strictObject({
  at: number,
  kind: z.enum(['state', 'crash', 'build', 'config']),
  id: text,
  is: text.exactOptional(),
  why: text.exactOptional(),
} satisfies Shape<Happening>);

const past: z.ZodType<Past> = z.strictObject({
  at: number,
  stepSeconds: number,
  values: z.record(text, points).readonly(),
  happenings: z.array(happening).readonly(),
} satisfies Shape<Past>);

export const readPast = operation({
  role: 'viewer',
  turn: { takes: 'nothing' },
  changes: false,
  args: z.strictObject({
    /** A server; the whole cluster without one. */
    id: text.exactOptional(),
    span: z.enum(Object.keys(pastSpans) as [PastSpan, ...PastSpan[]]),
  }),
  progress: noProgress,
  answer: past,
  effect:
    'Shows figures of a server, or of the whole cluster, as they were in the last ten minutes or six hours.',
  carryOut: async (master, { id, span }) => (await master.views.open()).past(span, id),
});

const orNull = z.union([number, z.null()]);

const measures: z.ZodType<ServerMeasures> = z.strictObject({
  timings: z
    .array(
      z.strictObject({
        measure: text,
        name: text,
        count: number,
        errors: orNull,
        failed: z.record(text, count).readonly().exactOptional(),
        p50: orNull,
        p99: orNull,
        mean: orNull,
      } satisfies Shape<ToldTiming>),
    )
    .readonly(),
  numbers: z
    .array(
      z.strictObject({
        measure: text,
        name: text,
        kind: z.enum(['counter', 'gauge']),
        unit: text,
        value: number,
      } satisfies Shape<ToldNumber>),
    )
    .readonly(),
} satisfies Shape<ServerMeasures>);

export const readMeasures = operation({
  role: 'viewer',
  turn: { takes: 'nothing' },
  changes: false,
  args: z.strictObject({ id: text }),
  progress: noProgress,
  answer: measures,
  effect:
    'Shows all that a server has measured since it began: times of its requests and calls, counts and figures.',
  carryOut: async (master, { id }) => (await master.views.open()).measures(id),
});
