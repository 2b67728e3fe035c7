import { describe, expect, it } from 'vitest';
import { TemporaryGame } from '../../../../test/helpers/temporary-game.js';
import { loadForTrial } from '../../src/boot/try-code.js';
import { mistakeIn } from '../../src/server/code-trial.js';

const oldApp = `const pomelo = require('pomelo');\npomelo.createApp().start();\n`;

async function trialOf(app: string, modules: Record<string, string>): Promise<unknown> {
  using game = await TemporaryGame.make({ servers: { chat: [{ id: 'chat-1' }] }, app, modules });
  return await loadForTrial({ appDir: game.root, type: 'chat' }).catch((error: unknown) => error);
}

describe('a trial of code', () => {
  it('loads the modules of the type alone, and makes nothing of them', async () => {
    const broken = 'export default class { x = ; }';
    const threw = await trialOf('export default { setUp() { throw new Error("called"); } };', {
      'app/servers/chat/handler/chatHandler.js': 'export default class { constructor() { throw 1; } }',
      'app/servers/chat/lifecycle.js': 'export default { beforeStartup() { throw 2; } };',
      'app/servers/gate/handler/gateHandler.js': broken,
    });
    expect(threw).toBeUndefined();
  });

  it('finds a mistake in what a filter imports, and a service without a default export', async () => {
    const app = 'export default { setUp() {} };';
    const deep = await trialOf(app, {
      'app/servers/chat/filter/mark.js': "import '../../../shared.js';\nexport default {};",
      'app/shared.js': 'const = 1;',
    });
    expect(deep).toMatchObject({ code: 'APP_LOAD_FAILED' });
    const none = await trialOf(app, { 'app/servers/chat/cron/chatCron.js': 'export const a = 1;' });
    expect(none).toMatchObject({ code: 'APP_INVALID' });
  });

  it('runs nothing of an old app, but finds the mistakes in its syntax', async () => {
    const fine = { 'app/servers/chat/handler/chatHandler.js': 'module.exports = (app) => ({ app });' };
    expect(await trialOf(oldApp, fine)).toBeUndefined();
    const broken = { 'app/servers/chat/handler/chatHandler.js': "require('../../../shared');" };
    const error = await trialOf(oldApp, { ...broken, 'app/shared.js': '\nconst = 1;' });
    expect((error as Error).stack).toMatch(/shared\.js:2\n/);
  });
});

describe('what a process says of its mistake', () => {
  it('is cut after the line that names it, and where it is very long', () => {
    const said =
      'file:///game/chat.js:3\n  const = 1;\n        ^\n\n[SyntaxError: Unexpected]\n\nNode.js v20\n';
    expect(mistakeIn(said)).toBe(
      'file:///game/chat.js:3\n  const = 1;\n        ^\n[SyntaxError: Unexpected]',
    );
    expect(mistakeIn('node: bad option: --nosuch\n')).toBe('node: bad option: --nosuch');
    expect(mistakeIn('x'.repeat(100_000)).length).toBeLessThan(10_000);
  });
});
