// Enters a room as nobody that plays, and prints the names of all others who are in it.
import { connect } from '@pomelo-ts/client';

const { gate, room } = JSON.parse(process.argv[2]);
const name = `probe${process.pid}`;
const client = await connect({
  gate: { ...gate, uid: name },
  requestTimeoutMs: 3000,
  connectTimeoutMs: 3000,
});
const answer = await client.request('connector.entryHandler.enter', { username: name, rid: room });
console.log(JSON.stringify((answer.users ?? []).filter((user) => user !== name)));
await client.close();
