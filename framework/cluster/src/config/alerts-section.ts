import * as z from 'zod';
import { duration, listOf, oneOf, section, text } from './fields.js';

const url = z
  .string({ error: 'an address, such as "https://hooks.example.org/…"' })
  .regex(/^https?:\/\/\S+$/i, { error: 'an address, such as "https://hooks.example.org/…"' });

const receiver = section({
  shape: oneOf(['slack', 'dingtalk', 'feishu', 'wecom', 'json']).describe(
    'Whose robot it is: `json` is for programs of your own, and has all that is known.',
  ),
  url: url.optional().describe('Its address. Whoever has it can speak for the robot: rather `urlFile`.'),
  urlFile: text('a file')
    .optional()
    .describe('File with the address, mode 0600, within the root of the game or by its whole path.'),
  secretFile: text('a file')
    .optional()
    .describe('File with the secret that messages are signed by, for DingTalk and Feishu; mode 0600.'),
  severity: oneOf(['warn', 'page'])
    .default('warn')
    .describe('The least that is sent there: `page` is what players notice.'),
}).superRefine(({ url: plain, urlFile }, context) => {
  if ((plain === undefined) !== (urlFile === undefined)) return;
  context.addIssue({ code: 'custom', path: ['url'], message: 'one of url and urlFile' });
});

/** Whom the master tells by itself what is wrong. */
export const alertsSection = section({
  receivers: listOf(receiver, 'a list of receivers')
    .min(1, { error: 'at least one receiver' })
    .describe('Chats and programs that are told.'),
  after: duration()
    .prefault('10s')
    .describe('How long a problem must last until it is told: a server that is restarted is none.'),
  repeat: duration().prefault('4h').describe('After how long one that lasts is told again.'),
}).transform(({ after, repeat, receivers }) => ({ receivers, afterMs: after, repeatMs: repeat }));
