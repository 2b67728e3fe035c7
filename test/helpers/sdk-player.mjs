// A player with the framework's own client in a process of its own: goes through the gate that its first argument names (JSON, as
// `connect` takes it), asks the routes of the second one, and prints where it was and what it was answered.
import { connect } from '@pomelo-ts/client';

const [gate, routes] = process.argv.slice(2).map((text) => JSON.parse(text));
const client = await connect({ gate });
const answers = [];
for (const route of routes) answers.push(await client.request(route));
console.log(JSON.stringify({ url: client.url, answers }));
await client.close();
