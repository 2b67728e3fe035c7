// pinus registers no remote without it.
require('reflect-metadata');
const { pinus } = require('pinus');

const app = pinus.createApp();
app.set('name', 'bench');

app.configure('production', 'gate|connector', () => {
  app.set('connectorConfig', {
    connector: pinus.connectors.hybridconnector,
    heartbeat: 30,
    useDict: false,
    useProtobuf: false,
  });
});

let turn = 0;
app.route('chat', (_session, _msg, context, done) => {
  const servers = context.getServersByType('chat');
  done(null, servers[turn++ % servers.length].id);
});

app.start();

process.on('uncaughtException', (error) => console.error(error.stack));
