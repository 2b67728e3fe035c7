// Enters rooms as nobody that plays, leaves them and enters them again, and prints the names of all others who are in each then: also
// of itself from before, if a room has kept that.
import { connect } from '@pomelo-ts/client';

const { gate, rooms } = JSON.parse(process.argv[2]);

async function othersIn(room, name) {
  const client = await connect({
    gate: { ...gate, uid: name },
    requestTimeoutMs: 3000,
    connectTimeoutMs: 3000,
  });
  const answer = await client.request('connector.entryHandler.enter', { username: name, rid: room });
  await client.close();
  return (answer.users ?? []).filter((user) => user !== name);
}

const look = async (round) =>
  Object.fromEntries(
    await Promise.all(
      rooms.map(async (room) => [room, await othersIn(room, `probe${process.pid}-${round}`)]),
    ),
  );
const isOwn = (name) => name.startsWith(`probe${process.pid}-`);
await look(0);
let names;
const end = performance.now() + 5000;
for (let round = 1; ; round++) {
  names = await look(round);
  // Whoever has left may still be on the way out.
  if (!Object.values(names).flat().some(isOwn) || performance.now() > end) break;
}
console.log(JSON.stringify(names));
