import { once } from 'node:events';
import { connect } from 'node:net';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { HttpHandler } from '../../src/acceptor/http-endpoints.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const mistake = (): never => {
  throw new Error('of the game');
};

/** Mistakes of handlers, by path: what they do, and what their client gets. */
const mistakes: Record<string, (...args: Parameters<HttpHandler>) => boolean | Promise<boolean>> = {
  endsTwice: (_request, response) => {
    response.end('first');
    response.end('second');
    return true;
  },
  writesAfterTheEnd: (_request, response) => {
    response.end('first');
    response.write('more');
    return true;
  },
  headersTwice: (_request, response) => {
    response.writeHead(200).end('first');
    response.writeHead(200);
    return true;
  },
  throwsAfterTheEnd: (_request, response) => {
    response.end('first');
    return mistake();
  },
  throwsInTheMiddle: (_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('some');
    return mistake();
  },
  rejectsLater: async (_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    await new Promise((resolve) => setImmediate(resolve));
    return mistake();
  },
  throwsAtTheEndOfTheBody: (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => response.end(JSON.stringify(JSON.parse(body))));
    return true;
  },
  throwsWhenItIsSent: (_request, response) => {
    response.on('finish', mistake).end('first');
    return true;
  },
  destroysTheRequest: (request) => Boolean(request.destroy(new Error('of the game'))),
  destroysTheResponse: (_request, response) => Boolean(response.destroy(new Error('of the game'))),
  destroysTheSocket: (request) => Boolean(request.socket.destroy(new Error('of the game'))),
  tellsAnError: (_request, response) => response.emit('error', new Error('of the game')),
  tellsAnErrorOfTheRequest: (request) => request.emit('error', new Error('of the game')),
};

let game: RunningGame;
let player: RawClient;
const errors: [string, unknown][] = [];
const uncaught: unknown[] = [];
const catchIt = (error: unknown): void => void uncaught.push(error);

beforeAll(async () => {
  const logger: Logger = {
    ...silentLogger,
    error: (text, facts) => errors.push([text, facts?.['error']]),
    child: () => logger,
  };
  game = await startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      settings: { client: { dictionary: false } },
      handlers: { connector: { entry: () => ({ echo: (msg: object) => msg }) } },
      app: (app) =>
        // JavaScript gives promises too.
        app.http(((...args) => mistakes[args[2].pathname.slice(1)]?.(...args) ?? false) as HttpHandler),
    },
    { logger },
  );
  player = await RawClient.join(game.port('connector-1'));
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, catchIt);
});

afterAll(async () => {
  for (const event of ['uncaughtException', 'unhandledRejection']) process.off(event, catchIt);
  await player[Symbol.asyncDispose]();
  await game[Symbol.asyncDispose]();
});

beforeEach(() => void errors.splice(0));
afterEach(() => expect(uncaught.splice(0)).toEqual([]));

/** All that comes for a request, until the connection ends. */
async function post(path: string): Promise<string> {
  const socket = connect(game.port('connector-1'), '127.0.0.1');
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk;
  });
  socket.on('error', () => {});
  socket.write(`POST /${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{"a":`);
  await once(socket, 'close');
  return got;
}

describe('an HTTP handler of the game', () => {
  const first = ['endsTwice', 'writesAfterTheEnd', 'headersTwice', 'throwsAfterTheEnd', 'throwsWhenItIsSent'];
  const failed = ['rejectsLater', 'throwsAtTheEndOfTheBody', 'tellsAnError', 'tellsAnErrorOfTheRequest'];
  const untold = ['destroysTheRequest', 'destroysTheResponse', 'destroysTheSocket'];

  it.each(Object.keys(mistakes))('that %s costs its own request, told once with its place', async (path) => {
    const got = await post(path);
    if (first.includes(path)) expect(got).toMatch(/^HTTP\/1.1 200 [\s\S]*first/);
    else if (failed.includes(path)) {
      expect(got).toMatch(/^HTTP\/1.1 500 [\s\S]*"the server failed"/);
      expect(got).not.toContain('gzip');
    }
    if (!untold.includes(path)) {
      await poll(() => errors.length).toBe(1);
      expect(errors[0]![0]).toBe(`the HTTP handler for /${path} failed`);
      expect((errors[0]![1] as Error).stack).toContain('http-handlers.test');
    }
    expect(await player.request('connector.entry.echo', { still: 1 })).toMatchObject({ still: 1 });
  });
});
