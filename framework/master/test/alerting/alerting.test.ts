import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import type { Problem } from '@pomelo-ts/views';
import { describe, expect, it, vi } from 'vitest';
import { AlertReceiver } from '../../src/alerting/alert-receiver.js';
import { type AlertShape, alertShapes, refusalIn } from '../../src/alerting/alert-shapes.js';
import { alertText } from '../../src/alerting/alert-text.js';
import { AlertWatch } from '../../src/alerting/alert-watch.js';
import { alertingMeasures } from '../../src/alerting/alerting-measures.js';

const problem = (about: string, severity: Problem['severity'] = 'page'): Problem => ({
  key: `${about} down`,
  severity,
  about,
  what: 'gone: exit code 1',
  since: 0,
  next: `logs ${about}`,
});
const news = (firing: Problem[] = [], over: Problem[] = [], lasting: Problem[] = []) => ({
  firing,
  over,
  lasting,
});
const chat = problem('chat-1');

describe('a watch over problems', () => {
  const watch = () => new AlertWatch({ afterMs: 10_000, overMs: 30_000, repeatMs: 3_600_000 });

  it('tells one that lasts, once, and its end once it is gone for a while', () => {
    const one = watch();
    expect(one.note([chat], 0)).toEqual(news());
    expect(one.note([chat], 9000)).toEqual(news());
    expect(one.note([chat], 10_000)).toEqual(news([chat]));
    expect(one.note([chat], 11_000)).toEqual(news());
    expect(one.note([], 12_000)).toEqual(news());
    expect(one.note([], 40_000)).toEqual(news());
    expect(one.note([], 41_000)).toEqual(news([], [chat]));
    expect(one.note([], 42_000)).toEqual(news());
  });

  it('tells nothing of what is over before it is told, however often it comes', () => {
    const one = watch();
    for (let at = 0; at < 600_000; at += 5000) {
      expect(one.note([chat], at)).toEqual(news());
      expect(one.note([], at + 2000)).toEqual(news());
    }
  });

  it('tells what comes and goes once', () => {
    const one = watch();
    one.note([chat], 0);
    expect(one.note([chat], 10_000).firing).toEqual([chat]);
    for (let at = 15_000; at < 600_000; at += 10_000) {
      expect(one.note([], at)).toEqual(news());
      expect(one.note([chat], at + 5000)).toEqual(news());
    }
  });

  it('tells one that lasts again after a while, and at once when it gets worse', () => {
    const one = watch();
    const warned = problem('chat-1', 'warn');
    one.note([warned], 0);
    expect(one.note([warned], 10_000).firing).toEqual([warned]);
    expect(one.note([chat], 11_000).firing).toEqual([chat]);
    expect(one.note([chat], 3_600_000).lasting).toEqual([]);
    expect(one.note([chat], 3_611_000).lasting).toEqual([chat]);
    expect(one.note([chat], 3_612_000).lasting).toEqual([]);
  });
});

describe('what is said of problems', () => {
  it('names each in a line, with what to do', () => {
    expect(
      alertText('production', news([chat], [problem('gate-1')], [problem('chat-2', 'warn')]), 'warn'),
    ).toBe(
      [
        'pomelo-ts production',
        'page: chat-1: gone: exit code 1 (pomelo-ts logs chat-1)',
        'warn, still: chat-2: gone: exit code 1 (pomelo-ts logs chat-2)',
        'over: gate-1: gone: exit code 1',
      ].join('\n'),
    );
  });

  it('is nothing for who wants what players notice alone, when they do not', () => {
    expect(alertText('production', news([problem('chat-1', 'warn')]), 'page')).toBeUndefined();
  });

  it('keeps words of servers in their line, and to twenty of them', () => {
    const hostile = { ...chat, what: 'bad\npage: all is lost\u202e' };
    expect(alertText('p', news([hostile]), 'warn')!.split('\n')).toHaveLength(2);
    const many = Array.from({ length: 25 }, (_, n) => problem(`chat-${n}`));
    expect(alertText('p', news(many), 'warn')!.split('\n').at(-1)).toBe('and 5 more');
  });
});

describe('the shape of a message', () => {
  const message = { text: 'a <!channel> & b', env: 'production', news: news([chat]), at: 1_700_000_000_123 };
  const made = (shape: AlertShape, secret?: string) =>
    alertShapes[shape]('https://robot.example/send?key=1', { ...message, secret });

  it.each([
    ['slack', { text: 'a &lt;!channel&gt; &amp; b' }],
    ['wecom', { msgtype: 'text', text: { content: message.text } }],
    ['dingtalk', { msgtype: 'text', text: { content: message.text } }],
    ['feishu', { msg_type: 'text', content: { text: message.text } }],
  ] as const)('of %s is what its robots take', (shape, body) => {
    expect(made(shape)).toEqual({ url: 'https://robot.example/send?key=1', body });
  });

  it('of json has all that is known', () => {
    expect(made('json').body).toMatchObject({
      version: 1,
      env: 'production',
      at: '2023-11-14T22:13:20.123Z',
      firing: [chat],
    });
  });

  it('is signed for DingTalk in the address, and for Feishu in the body', () => {
    const url = new URL(made('dingtalk', 'SEC').url);
    expect(url.searchParams.get('timestamp')).toBe('1700000000123');
    expect(url.searchParams.get('sign')).toBe(
      createHmac('sha256', 'SEC').update('1700000000123\nSEC').digest('base64'),
    );
    expect(made('feishu', 'SEC').body).toMatchObject({
      timestamp: '1700000000',
      sign: createHmac('sha256', '1700000000\nSEC').update('').digest('base64'),
    });
  });

  it.each([
    ['{"errcode":310000,"errmsg":"sign not match"}', '310000: sign not match'],
    ['{"code":19021,"msg":"sign match fail"}', '19021: sign match fail'],
    ['{"errcode":0,"errmsg":"ok"}', undefined],
    ['{"code":0}', undefined],
    ['ok', undefined],
  ])('%s is told as %s, though it came with 200', (answer, refusal) => {
    expect(refusalIn(answer)).toBe(refusal);
  });
});

describe('a receiver of alerts', () => {
  it('is sent one message after the other, again while it does not take one, and no more once that is given up', async () => {
    const got: string[] = [];
    let status = 500;
    const server = createServer((request, response) => {
      let text = '';
      request
        .on('data', (part) => (text += part))
        .on('end', () => {
          got.push(text);
          response.writeHead(status).end();
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clock = new FakeClock();
    const { alertsSent: sent, alertsUnsent: unsent } = new Measures().makeAll(alertingMeasures);
    const lines: unknown[] = [];
    const logger = { ...silentLogger, error: (...line: unknown[]) => void lines.push(line) };
    const receiver = new AlertReceiver({ name: 'robot', clock, logger, sent, unsent });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-of-the-robot`;
    try {
      receiver.send({ url, body: { n: 1 } });
      receiver.send({ url, body: { n: 2 } });
      const passing = (isSo: () => void) =>
        vi.waitFor(() => {
          clock.pass(300_000);
          isSo();
        }, 20_000);
      await passing(() => expect(unsent.value).toBe(1));
      expect(got.filter((text) => text === '{"n":1}')).toHaveLength(7);
      status = 200;
      await passing(() => expect(sent.value).toBe(1));
      expect(got.at(-1)).toBe('{"n":2}');
      expect(JSON.stringify(lines)).toContain('"to":"robot"');
      expect(JSON.stringify(lines)).not.toContain('secret-of-the-robot');
    } finally {
      receiver.close();
      server.close();
    }
  });
});
