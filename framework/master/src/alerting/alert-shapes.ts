import { createHmac } from 'node:crypto';
import type { AlertNews } from './alert-watch.js';

/** What is sent to an address. */
export interface AlertRequest {
  readonly url: string;
  readonly body: object;
}

/** What a shape is made of. */
export interface AlertMessage {
  readonly text: string;
  readonly env: string;
  readonly news: AlertNews;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Signs it, where its receiver asks for that. */
  readonly secret?: string | undefined;
}

const hmac = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('base64');

/** DingTalk's robots take a signature in the address: "Customize robot security settings" of its open platform. */
function signedForDingTalk(url: string, at: number, secret: string): string {
  const signed = new URL(url);
  signed.searchParams.set('timestamp', String(at));
  signed.searchParams.set('sign', hmac(secret, `${at}\n${secret}`));
  return signed.href;
}

/** Feishu's robots take it in the body, with seconds: "Custom bot usage guide" of its open platform. */
function signedForFeishu(at: number, secret: string): object {
  const timestamp = String(Math.floor(at / 1000));
  return { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') };
}

/** What `&`, `<` and `>` begin in Slack: mentions of everybody, say, which words of a server must not make. */
const escapedForSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** How each receiver wants its messages. All are plain text: nothing that servers say is taken for markup. */
export const alertShapes = {
  json: (url: string, { env, news, at, text }: AlertMessage): AlertRequest => ({
    url,
    body: { version: 1, env, at: new Date(at).toISOString(), text, ...news },
  }),
  slack: (url: string, { text }: AlertMessage): AlertRequest => ({
    url,
    body: { text: escapedForSlack(text) },
  }),
  dingtalk: (url: string, { text, at, secret }: AlertMessage): AlertRequest => ({
    url: secret === undefined ? url : signedForDingTalk(url, at, secret),
    body: { msgtype: 'text', text: { content: text } },
  }),
  feishu: (url: string, { text, at, secret }: AlertMessage): AlertRequest => ({
    url,
    body: { ...(secret !== undefined && signedForFeishu(at, secret)), msg_type: 'text', content: { text } },
  }),
  wecom: (url: string, { text }: AlertMessage): AlertRequest => ({
    url,
    body: { msgtype: 'text', text: { content: text } },
  }),
} as const;

/** The name of a shape. */
export type AlertShape = keyof typeof alertShapes;

/** Why a receiver did not take a message, though it answered with 200, as those of DingTalk, Feishu and WeCom do. */
export function refusalIn(answer: string): string | undefined {
  try {
    const { errcode, errmsg, code, msg } = JSON.parse(answer) as Readonly<Record<string, unknown>>;
    if (errcode !== undefined && errcode !== 0) return `${errcode}: ${errmsg}`;
    if (typeof code === 'number' && code !== 0) return `${code}: ${msg}`;
  } catch {
    // Slack says ok, others nothing
  }
  return undefined;
}
