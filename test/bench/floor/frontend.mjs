// Floor of a request answered by the server that holds the connection: ws, headers, one JSON decode and encode.
import { announce } from '../lib/announce.mjs';
import { acceptPomelo } from './accept.mjs';
import { readRequest, responseOf } from './message.mjs';

const port = await acceptPomelo((socket, data) => {
  const { id, body } = readRequest(data);
  const message = JSON.parse(data.toString('utf8', body));
  socket.send(responseOf(id, JSON.stringify({ d: message.d })));
});
announce({ port });
