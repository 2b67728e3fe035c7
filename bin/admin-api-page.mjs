// The page docs/reference/admin-api.md, made of the table of operations and that of the routes: `npm run docs` writes it.

const head = `# The admin API

Written by \`npm run docs\` from the tables in the code. The admin serves it where [\`master.json\`](config.md) has an \`admin\` section;
\`GET /api/v1/openapi.json\` describes it whole, in OpenAPI 3.1, with the schema of each answer.

- **Who asks.** A browser signs in and keeps a cookie. Another program sends a key: \`Authorization: Bearer pt_…\`, made by \`pomelo-ts key create\`.
- **Bodies** are JSON objects of at most 64 KiB, nested at most 20 deep, with \`content-type: application/json\`.
- **A request with a cookie that changes anything** carries the header \`x-pomelo-admin\` and comes from the admin's own page.
- **How often.** A key makes as many requests a second as it was made for, and a session 50; requests over the feed count like any other.
- **How long.** A session is over when nothing was asked for in \`admin.idleTimeout\`. What a page asks for by itself, with \`x-pomelo-admin: unasked\`, and what goes
  over the feed is nothing that was asked for. \`GET /api/v1/session\` tells the time that is left (\`idleMs\`, \`leftMs\`).
- **What fails** answers \`{"error": {"code", "message"}}\` with the status of [the code](errors.md).
- **What is told while an operation goes on**: with \`accept: application/x-ndjson\` the answer is lines of JSON, \`{"progress": …}\` each, and
  \`{"answer": …}\` or \`{"error": …}\` as the last.

\`\`\`sh
curl -H "authorization: Bearer $KEY" -H 'content-type: application/json' \\
  -d '{"ids": ["chat-1"]}' http://127.0.0.1:3080/api/v1/operations/servers.restart
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
  if (schema.anyOf) return schema.anyOf.map(kindOf).join(' or ');
  const words = { string: 'text', integer: 'number', boolean: 'true or false', array: 'list' };
  return words[schema.type] ?? schema.type ?? 'any';
}

/**
 * The page.
 *
 * @param routes `adminRoutes` of the admin
 * @param operations name, role, whether it changes something, effect and JSON Schema of the arguments, of each
 */
export function adminApiPage(routes, operations) {
  const routeRows = Object.values(routes).map(
    ({ method, path, needs, verb, does }) =>
      `| \`${method} ${path.replace(/:(\w+)/g, '{$1}')}\` | ${verb ? `\`${verb}\`` : needs} | ${cell(does)} |`,
  );
  const operationRows = operations.map(
    ({ verb, role, changes, needsProof, effect, args }) =>
      `| \`${verb}\` | ${role} | ${changes ? (needsProof ? 'yes, after a proof' : 'yes') : 'no'} | ${cell(argumentsOf(args))} | ${cell(effect)} |`,
  );
  return [
    head,
    `## Routes\n\n\`anybody\`: who has not signed in, too. \`visitor\`: who has, or has a key. \`verb\`, or a name: by the role of the operation.\n`,
    `| route | for | does |\n|---|---|---|\n${routeRows.join('\n')}\n`,
    `## Operations\n\nEach is \`POST /api/v1/operations/{verb}\` with its arguments as the body. A role may do what those before it may: viewer, operator, admin.\n`,
    `| verb | role | changes something | takes | effect |\n|---|---|---|---|---|\n${operationRows.join('\n')}\n`,
    feed,
  ].join('\n');
}
