/** What can be wrong, in English, by a name; `{…}` is what each one has filled in. The page has the same in other languages. */
export const problemWords = {
  down: '{state}',
  downBy: '{state}: {exit}',
  crashes: 'crashed {count} times in 10 m',
  crashesBy: 'crashed {count} times in 10 m: {reason}',
  crashed: 'runs again after a crash: {reason}',
  loop: 'event loop {time} late',
  errors: '{share} of its requests fail',
  latency: 'requests take {time} (p99)',
  heap: 'heap is {share} full',
  files: '{share} of its descriptors are open',
  cpu: 'uses {share} of a processor',
  queue: '{bytes} wait for its clients, and more each second',
  dropped: '{share} of its pushes are dropped',
  probe: 'found that what is sent to clients does not arrive (frontends: {count})',
  probeShutOut:
    'found that what is sent to clients does not arrive (frontends: {count}): it is kept out by {network} of the blacklist',
  reach: 'cannot reach {ids}',
  signIns: '{count} tries to sign in have failed within a minute',
  audit:
    'records of the audit log could not be written within a minute; changes are refused while that is so',
  type: 'no server of this type serves',
  host: 'none of its servers serves',
  noFiles: 'cannot open a file or a connection: no descriptors are left',
  overloaded: 'cannot forward or take all messages of players',
  cronFailed: 'a cron has failed',
  cronMissed: 'crons were left out: too late, or the run before still works',
  cronUnleased: 'crons could not get their lease',
  leaseLost: 'has lost a lease',
  sessionsLost: 'sessions of players were lost between two frontends',
  calls: '{share} of its calls are too late or refused',
  link: 'its link has come and gone {count} times in {minutes} m',
  registry: 'does not know who is in the cluster now',
  // before `jump`, whose words are in it
  online: 'only {share} of those who were on-line 10 minutes ago are',
  jump: '{share} of those who were on-line 10 minutes ago are',
  refused: '{share} of the clients are not let in: {reason}',
  handshakes: '{share} of the handshakes of clients end with {result}',
  certificate: 'its TLS certificate ends in {left}',
  certificateOver: 'its TLS certificate has ended',
  clockAhead: "its clock is {time} ahead of the master's",
  clockBehind: "its clock is {time} behind the master's",
  disk: '{bytes} are left on the disk with its {disk}',
  store: 'the store that masters share does not answer: soon none leads',
} as const;

/** The name of something that can be wrong. */
export type ProblemName = keyof typeof problemWords;

type Filled<W extends string> = W extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Filled<Rest>
  : never;

/** What the words of a problem have filled in. */
export type ProblemFacts<N extends ProblemName> = Readonly<
  Record<Filled<(typeof problemWords)[N]>, string | number>
>;

const filledIn = /\{(\w+)\}/g;

/**
 * What is wrong, in English.
 *
 * @example
 * sayProblem('loop', { time: '212 ms' }); // 'event loop 212 ms late'
 */
export function sayProblem<N extends ProblemName>(name: N, facts: ProblemFacts<N>): string {
  return problemWords[name].replace(filledIn, (_, fact: string) =>
    String((facts as Readonly<Record<string, unknown>>)[fact]),
  );
}

/** What a text of {@link sayProblem} says, so that it can be said in another language. */
export interface ReadProblem {
  readonly name: ProblemName;
  readonly facts: Readonly<Record<string, string>>;
}

/** A state is one word: its pattern takes no sentence. */
const patternOf = (fact: string): string => (fact === 'state' ? '([a-z]+)' : '(.+?)');

const readers = Object.entries(problemWords).map(([name, words]) => ({
  name: name as ProblemName,
  facts: [...words.matchAll(filledIn)].map(([, fact]) => fact!),
  pattern: new RegExp(
    `^${words
      .split(/(\{\w+\})/)
      .map((part) =>
        part.startsWith('{') ? patternOf(part.slice(1, -1)) : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
    's',
  ),
}));

/** What a text says that {@link sayProblem} has made; undefined for any other text, such as that of another version. */
export function readProblem(text: string): ReadProblem | undefined {
  for (const { name, facts, pattern } of readers) {
    const found = pattern.exec(text);
    if (found) return { name, facts: Object.fromEntries(facts.map((fact, n) => [fact, found[n + 1]!])) };
  }
  return undefined;
}
