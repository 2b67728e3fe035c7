// Asks a gate for the connectors of some players and has each of them call a backend; prints what they were sent to and answered.
import { connect } from '@pomelo-ts/client';

const { gate, players, route } = JSON.parse(process.argv[2]);
const limits = { requestTimeoutMs: 3000, connectTimeoutMs: 3000 };
const results = [];
for (let n = 0; n < players; n++) {
  const uid = `player-${n}`;
  try {
    const asked = await connect({ ...gate, ...limits });
    const ticket = await asked.request('gate.gateHandler.queryEntry', { uid });
    await asked.close();
    const player = await connect({ host: ticket.host, port: ticket.port, ...limits });
    const answer = await player.request(route, {}).catch((error) => ({ failed: String(error.message) }));
    await player.close();
    results.push({ connector: ticket.id, answer });
  } catch (error) {
    results.push({ connector: 'none', answer: { failed: String(error.message) } });
  }
}
console.log(JSON.stringify(results));
