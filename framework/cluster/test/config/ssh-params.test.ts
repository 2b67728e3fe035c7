import { describe, expect, it } from 'vitest';
import { readSshParams } from '../../src/config/ssh-params.js';

describe('ssh_config_params', () => {
  it.each([[['-p 59622']], [['-p', '59622']], [['-p59622']], [['-o Port=59622']], [['-o', 'port=59622']]])(
    'name a port as %j',
    (params) => {
      expect(readSshParams(params)).toEqual({ choice: { port: 59_622 }, bad: [] });
    },
  );

  it('name user, keys, jump hosts and times', () => {
    const params = ['-l deploy', '-i', '/keys/a', '-i /keys/b', '-J', 'one,two:2222', '-o ConnectTimeout=5'];
    expect(readSshParams(params).choice).toEqual({
      user: 'deploy',
      identityFile: ['/keys/b', '/keys/a'],
      jump: 'one,two:2222',
      connectTimeout: 5000,
    });
  });

  it('are refused where they cannot be followed, and nothing is left out silently', () => {
    const params = ['-p', '0', '-X', '-o StrictHostKeyChecking=no', '-o', 'Ciphers=none', 'host', '-i'];
    expect(readSshParams(params).bad.map(({ param }) => param)).toEqual([
      '-p 0',
      '-X',
      '-o StrictHostKeyChecking=no',
      '-o Ciphers=none',
      'host',
      '-i',
    ]);
  });
});
