// The page docs/reference/admin-api.md, made of the table of operations and that of the routes: `npm run docs` writes it.

const head = `# The admin API

Written by \`npm run docs\` from the tables in the code. The admin serves it where [\`master.json\`](config.md) has an \`admin\` section;
\`GET /api/v1/openapi.json\` describes it whole, in OpenAPI 3.1, with the schema of each answer.

- **Who asks.** A browser signs in and keeps a cookie. Another program sends a key: \`Authorization: Bearer pt_…\`, made by \`pomelo-ts key create\`.
- **Bodies** are JSON objects of at most 64 KiB, nested at most 20 deep, with \`content-type: application/json\`.
- **A request without a key that is not a \`GET\`** carries the header \`x-pomelo-admin\`, also \`POST /api/v1/setup\` and \`/api/v1/session\`; when it has an \`origin\`, that is the admin's own.
- **How often.** A key makes as many requests a second as it was made for, and a session 50; requests over the feed count like any other.
- **How long.** A session is over when nothing was asked for in \`admin.idleTimeout\`. What a page asks for by itself, with \`x-pomelo-admin: unasked\`, and what goes
  over the feed is nothing that was asked for. \`GET /api/v1/session\` tells the time that is left (\`idleMs\`, \`leftMs\`).
- **What fails** answers \`{"error": {"code", "message"}}\` with the status of [the code](errors.md).
- **What is told while an operation goes on**: with \`accept: application/x-ndjson\` the answer is lines of JSON, \`{"progress": …}\` each, and
  \`{"answer": …}\` or \`{"error": …}\` as the last. There is an empty line each few seconds (as many as the header \`x-alive-seconds\` says), so
  that whoever waits can tell work that takes long from a master that is gone.

\`\`\`sh
curl -H "authorization: Bearer $KEY" -H 'content-type: application/json' \\
  -d '{"ids": ["chat-1"]}' http://127.0.0.1:3080/api/v1/operations/servers.restart
\`\`\`
`;

const signIn = `## Sign in without the page

The token is what stands behind \`#setup=\` in the link that the first start shows, or \`pomelo-ts account link\`. A cookie is kept in the file \`jar\`:

\`\`\`bash
ask() {
  curl --silent --cookie jar --cookie-jar jar -H 'x-pomelo-admin: 1' -H 'content-type: application/json' \\
    "http://127.0.0.1:3080/api/v1/$1" -d "$2"
}
ask setup '{"token": "…", "password": "a password of yours"}'
ask session/second-factor '{}'                             # a secret, and an otpauth: address for an authenticator app
ask session/second-factor/confirm '{"code": "123456"}'     # what the app shows
ask operations/servers.list '{}'
\`\`\`

Outside development an account that may let others in needs the second and third line first: what else it asks for is answered with 403 (\`SECOND_FACTOR_MISSING\`). Later it signs in by
\`ask session '{"name": "admin", "password": "…", "code": "123456"}'\`. What goes on without people has a key instead.
`;

const profiles = `## Profiles

\`servers.profile\` gives the file in pieces: with \`accept: application/x-ndjson\` each line of \`progress\` has one in \`base64\`, and together they are what
\`pomelo-ts profile\` writes. Without that header only its size is told.

\`\`\`bash
curl -H "authorization: Bearer $KEY" -H 'content-type: application/json' -H 'accept: application/x-ndjson' \\
  -d '{"id": "chat-1", "wish": {"kind": "cpu", "ms": 5000}}' http://127.0.0.1:3080/api/v1/operations/servers.profile |
  node -e 'for (const line of require("fs").readFileSync(0, "utf8").trim().split("\\n")) {
    const { progress, error } = JSON.parse(line);
    if (error) throw new Error(error.message);
    if (progress) process.stdout.write(Buffer.from(progress.base64, "base64"));
  }' > chat-1.cpuprofile
\`\`\`
`;

const feed = `## The feed

\`GET /api/v1/feed\` is a WebSocket for what is watched. Its subprotocols are \`pomelo-admin\` and \`ticket.\` with a ticket of \`POST /api/v1/feed-ticket\`, which
is good for 30 seconds and once. Messages are texts of JSON:

| from | message | means |
|---|---|---|
| client | \`{"n": 1, "verb": "views.watch", "args": {"view": "servers"}}\` | begins; \`n\` is a number of its own. Only operations that change nothing, 32 at once |
| client | \`{"n": 1, "cancel": true}\` | ends it |
| server | \`{"n": 1, "progress": …}\` | what is told: of a view first all of it, then what has changed |
| server | \`{"n": 1, "answer": …}\`, \`{"n": 1, "error": {"code", "message"}}\` | its end |

Close codes: 4401 the session is over; 4503 this master does not lead any more; 1008 that was no request.
`;

/** Of so many fields at most each one is named. */
const mostFields = 4;

const cell = (text) => text.replaceAll('|', '\\|');

/** What a schema takes, in few words: `ids: list, force?: true or false`. */
function argumentsOf({ properties = {}, required = [] }) {
  const names = Object.entries(properties).map(
    ([name, schema]) => `\`${name}${required.includes(name) ? '' : '?'}\` ${kindOf(schema)}`,
  );
  return names.length > 0 ? names.join(', ') : 'nothing';
}

function kindOf(schema) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  const forms = schema.anyOf ?? schema.oneOf;
  if (forms) return forms.map(kindOf).join(' or ');
  if (schema.type === 'object' && schema.properties) return fieldsOf(schema);
  const words = { string: 'text', integer: 'number', boolean: 'true or false', array: 'list' };
  return words[schema.type] ?? schema.type ?? 'any';
}

/** A few fields are named, as `{kind "cpu", ms number}`. */
function fieldsOf({ properties, required = [] }) {
  const all = Object.entries(properties);
  if (all.length > mostFields) return 'object';
  return `{${all.map(([name, schema]) => `${name}${required.includes(name) ? '' : '?'} ${kindOf(schema)}`).join(', ')}}`;
}

/** @param {{ needsProof: boolean, provesWhen?: string }} proof */
function proofOf({ needsProof, provesWhen }) {
  if (needsProof) return ', after a proof';
  return provesWhen === undefined ? '' : `, after a proof when ${provesWhen}`;
}

/**
 * The page.
 *
 * @param routes `adminRoutes` of the admin
 * @param operations name, role, whether it changes something, effect and JSON Schema of the arguments, of each
 * @param words `argumentWords` of the master: what arguments mean, by their names or by `verb name`
 * @param bodies `sessionBodies` of the admin: JSON Schemas of what routes take that are for no operation
 */
export function adminApiPage(routes, operations, words, bodies) {
  const routeRows = Object.entries(routes).map(
    ([name, { method, path, needs, verb, does }]) =>
      `| \`${method} ${path.replace(/:(\w+)/g, '{$1}')}\` | ${verb ? `\`${verb}\`` : needs} | ${bodies[name] ? cell(argumentsOf(bodies[name])) : ''} | ${cell(does)} |`,
  );
  const operationRows = operations.map(
    ({ verb, role, changes, effect, args, ...proof }) =>
      `| \`${verb}\` | ${role} | ${changes ? 'yes' : 'no'}${proofOf(proof)} | ${cell(argumentsOf(args))} | ${cell(effect)} |`,
  );
  const wordRows = Object.entries(words).map(([about, text]) => {
    const [verb, name = verb] = about.split(' ');
    return `| \`${name}\` | ${name === verb ? '' : `\`${verb}\``} | ${cell(text)} |`;
  });
  return [
    head,
    `## Routes\n\n\`anybody\`: who has not signed in, too. \`visitor\`: who has, or has a key. \`verb\`, or a name: by the role of the operation.\n`,
    `| route | for | takes | does |\n|---|---|---|---|\n${routeRows.join('\n')}\n`,
    `## Operations\n\nEach is \`POST /api/v1/operations/{verb}\` with its arguments as the body. A role may do what those before it may: viewer, operator, admin.\n`,
    `| verb | role | changes something | takes | effect |\n|---|---|---|---|---|\n${operationRows.join('\n')}\n`,
    `## Arguments\n\n| argument | of | means |\n|---|---|---|\n${wordRows.join('\n')}\n`,
    signIn,
    profiles,
    feed,
  ].join('\n');
}
