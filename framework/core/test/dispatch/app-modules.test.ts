import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { TemporaryGame } from '../../../../test/helpers/temporary-game.js';
import { loadServices } from '../../src/dispatch/app-modules.js';
import { startGame } from '../running-game.js';

const sources: Record<string, string> = {
  classHandler: `
    class Parent { inherited() { return { from: 'parent' }; } overridden() { return { from: 'parent' }; } }
    export default class ClassHandler extends Parent {
      field = 1;
      constructor(app) { super(); this.app = app; }
      plain() { return { id: this.app.serverId, field: this.field }; }
      async waits() { return this.plain(); }
      overridden() { return { from: 'child' }; }
      arrow = () => ({ arrow: this.field });
      get getter() { return () => ({}); }
      static fixed() { return {}; }
      _hidden() { return {}; }
      #secret() { return {}; }
    }`,
  factoryHandler: 'export default (app) => ({ plain: () => ({ id: app.serverId }), data: 7 });',
  promisedHandler: 'export default async function (app) { return { plain: () => ({ id: app.serverId }) }; }',
  objectHandler: 'export default { plain() { return { self: this === undefined ? 0 : 1 }; } };',
  emittingHandler:
    "import { EventEmitter } from 'node:events'; export default class extends EventEmitter { plain() { return {}; } }",
};

describe('the methods of a handler', () => {
  it('are those of its class, its parents and its instance; never what begins with _ or belongs to Object', async () => {
    await using game = await startGame({
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      handlers: { connector: sources },
      settings: { client: { dictionary: false } },
    });
    await using client = await RawClient.join(game.port('connector-1'));
    const ask = (route: string) => client.request(`connector.${route}`);
    expect(await ask('classHandler.plain')).toEqual({ id: 'connector-1', field: 1 });
    expect(await ask('classHandler.waits')).toEqual({ id: 'connector-1', field: 1 });
    expect(await ask('classHandler.arrow')).toEqual({ arrow: 1 });
    expect(await ask('classHandler.inherited')).toEqual({ from: 'parent' });
    expect(await ask('classHandler.overridden')).toEqual({ from: 'child' });
    expect(await ask('factoryHandler.plain')).toEqual({ id: 'connector-1' });
    expect(await ask('promisedHandler.plain')).toEqual({ id: 'connector-1' });
    expect(await ask('objectHandler.plain')).toEqual({ self: 1 });
    const unreachable = [
      ...['constructor', 'toString', '__proto__', 'hasOwnProperty', '__defineGetter__', '_hidden', '#secret'],
      ...['getter', 'fixed', 'field', 'app', 'prototype', 'none'],
    ].map((method) => `classHandler.${method}`);
    unreachable.push(
      'factoryHandler.data',
      'emittingHandler.emit',
      'emittingHandler.on',
      'constructor.create',
    );
    unreachable.push('__proto__.toString', 'toString.call');
    for (const route of unreachable) {
      expect(await ask(route)).toEqual({ code: 404, message: `There is no route connector.${route}.` });
    }
    expect(game.count('connector-1', 'request.unknownRoutes')).toBe(unreachable.length);
  });

  it.each([
    ['a module that throws', "throw new Error('of the game');", 'APP_LOAD_FAILED'],
    ['a module that is no JavaScript', 'export default {', 'APP_LOAD_FAILED'],
    ['a module without a default export', 'export const x = 1;', 'APP_INVALID'],
    ['a factory that gives nothing', 'export default () => {};', 'APP_INVALID'],
    [
      'a constructor that throws',
      "export default class { constructor() { throw new Error('of the game'); } }",
      'APP_LOAD_FAILED',
    ],
  ])('cannot be had from %s, and the error names the file', async (_, source, code) => {
    using game = await TemporaryGame.make({
      servers: { chat: [{ id: 'chat-1' }] },
      handlers: { chat: { badHandler: source } },
    });
    await expect(loadServices([game.root], 'chat', 'handler', {})).rejects.toMatchObject({
      code,
      message: expect.stringContaining('chat/handler/badHandler.js'),
    });
  });
});
