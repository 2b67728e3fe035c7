const pomelo = require('pomelo');

const app = pomelo.createApp();
app.set('name', 'bench');

app.configure('production', 'gate|connector', () => {
  app.set('connectorConfig', {
    connector: pomelo.connectors.hybridconnector,
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
