import { describe, expect, it } from 'vitest';
import { cronTimeProblem } from '../../src/config/crons-schema.js';
import { loadClusterConfig } from '../../src/config.js';
import { problemOfCronTime } from '../../src/cron/entry-problems.js';
import { serverSettings } from '../../src/settings-types.js';
import { gameOf } from './game-folder.js';

const servers = {
  chat: [
    { id: 'chat-1', port: 6050 },
    { id: 'chat-2', port: 6051 },
  ],
};
const sweep = { id: 'sweep', time: '0 30 4 * * *', action: 'chatCron.sweep' };

describe('crons.json5', () => {
  it('gives each server what is its own, by type or by id', () => {
    const file = {
      chat: [sweep, { id: 'one', time: '*/5 * * * * *', action: 'chatCron.one', serverId: 'chat-2' }],
      'chat-1': [
        {
          id: 'own',
          time: '0 0 0 1 jan mon',
          action: 'chatCron.own',
          timezone: 'Asia/Shanghai',
          overlap: 'true',
        },
      ],
    };
    using game = gameOf(servers, { 'config/crons.json5': JSON.stringify(file) });
    const config = loadClusterConfig({ root: game.root, env: 'development' });
    const [first, second] = config.servers.map((one) => serverSettings(config, one, 'process').crons);
    expect(first!.map(({ id }) => id)).toEqual(['sweep', 'own']);
    expect(first![1]).toMatchObject({ timezone: 'Asia/Shanghai', overlap: true });
    expect(second!.map(({ id }) => id)).toEqual(['sweep', 'one']);
    expect(second![0]).toEqual({ ...sweep, overlap: false, lateMs: 15_000 });
  });

  it('may have the level of environments', () => {
    using game = gameOf(servers, {
      'config/servers.json': JSON.stringify(servers),
      'config/crons.json': JSON.stringify({ production: { chat: [sweep] }, development: {} }),
    });
    const countIn = (env: string) => loadClusterConfig({ root: game.root, env }).crons['chat']?.length;
    expect([countIn('production'), countIn('development')]).toEqual([1, undefined]);
  });

  it('tells everything that is wrong with it at once', () => {
    const file = {
      chat: [
        { ...sweep, time: '0 30 4 * *' },
        { ...sweep, id: 'months', time: '0 0 0 1 0 *' },
        { ...sweep, id: 'steps', time: '5/15 * * * * *' },
        { ...sweep, id: 'action', action: 'sweep' },
        { ...sweep, id: 'zone', timezone: 'Moon/Base' },
        { ...sweep, id: 'elsewhere', serverId: 'gate-1' },
        { ...sweep, id: 'once', once: 'host' },
        { ...sweep, id: 'key', tmie: 1 },
        { ...sweep, id: 'never', time: '0 0 0 30 feb *' },
        { ...sweep, id: 'range', time: '0 0 4- * * *' },
        { ...sweep, id: 'late', lateMs: 10 },
        sweep,
        sweep,
      ],
      chatt: [],
    };
    const twice = { ...sweep, id: 'twice', serverId: 'chat-1', once: 'cluster' };
    using valid = gameOf(servers, {
      'config/crons.json': JSON.stringify({ chat: [sweep, sweep, file.chat[5], twice], chatt: [] }),
    });
    using game = gameOf(servers, { 'config/crons.json': JSON.stringify(file) });
    const problemsOf = (root: string): string[] => {
      try {
        loadClusterConfig({ root, env: 'development' });
        return [];
      } catch (error) {
        return (error as Error).message
          .split('\n')
          .slice(1)
          .map((line) => line.trim());
      }
    };
    expect(problemsOf(game.root)).toEqual([
      'config/crons.json: chat[0].time: expected six fields (second minute hour day month weekday), such as "0 30 4 * * *"; it has 5, got "0 30 4 * *"',
      'config/crons.json: chat[1].time: expected the month from 1 to 12 (pomelo counted months from 0), got "0 0 0 1 0 *"',
      'config/crons.json: chat[2].time: expected the second as 5-59/15 or */15: 5/15 means other things to pomelo and to pinus, got "5/15 * * * * *"',
      'config/crons.json: chat[3].action: expected file.method, such as "chatCron.sweep", got "sweep"',
      'config/crons.json: chat[4].timezone: expected a time zone, such as "Asia/Shanghai" or "UTC", got "Moon/Base"',
      'config/crons.json: chat[6].once: expected one of "cluster", got "host"',
      'config/crons.json: chat[7].tmie: unknown key; did you mean time?',
      'config/crons.json: chat[8].time: expected a time that can be read and that comes: no month that it names has such a day, got "0 0 0 30 feb *"',
      'config/crons.json: chat[9].time: expected a time that can be read and that comes: 4- is a invalid expression for hour, got "0 0 4- * * *"',
      'config/crons.json: chat[10].lateMs: expected a whole number from 1000 to 86400000, got 10',
    ]);
    expect(problemsOf(valid.root)).toEqual([
      'config/crons.json: chat[1].id: the id sweep is already that of chat[0]',
      'config/crons.json: chat[2].serverId: gate-1 is no server of chat',
      'config/crons.json: chat[3].once: expected once or serverId, not both: chat-1 alone runs it',
      'config/crons.json: chatt: expected a server type or server id of the topology; did you mean chat?',
    ]);
  });

  it.each(['* * * * * *', '0 0 23 31 12 7', '*/10 1,2,3 8-18/2 * feb mon-fri'])(
    'takes the time %s',
    (time) => {
      expect(problemOfCronTime(time)).toBeUndefined();
    },
  );

  it.each([
    '0 0 0 30 2 *',
    '0 0 0 31 apr,jun,sep,nov *',
    '0 0 0 L-30 feb *',
    '0 0 0 29 2 mon#1',
    '0 0 0 31W apr *',
    '0 0 0 1 * 5L',
  ])('tells of the time %s that it never comes', (time) => {
    expect(cronTimeProblem(time)).toContain('no month that it names has such a day');
  });

  it('says of a numbered month that pomelo counted from 0, for it may be another one that never has the day', () => {
    expect(cronTimeProblem('0 0 0 31 11 *')).toContain('has such a day (pomelo counted months from 0)');
  });

  it.each(['0 0 0 29 2 *', '0 0 0 29 feb mon#5', '0 0 0 30W jun *', '0 0 0 L-29 jan,feb *'])(
    'knows that the time %s comes, though seldom',
    (time) => {
      expect(cronTimeProblem(time)).toBeUndefined();
    },
  );

  it.each([
    '60 * * * * *',
    '* * 24 * * *',
    '* * * 0 * *',
    '* * * * 0-2 *',
    '* * * 32 * *',
    '* * * * 13 *',
    '* * * * * 8',
  ])('refuses the time %s', (time) => {
    expect(problemOfCronTime(time)).toContain(' from ');
  });
});
